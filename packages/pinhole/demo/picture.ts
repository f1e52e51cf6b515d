/** What the call sends: a stream, and the way to end it. */
export interface Source {
  readonly stream: MediaStream;
  /** Sound that is generated needs a person's click before a browser plays it. */
  readonly resumeSound: () => void;
  readonly stop: () => void;
}

const WIDTH = 960;
const HEIGHT = 540;
const FRAMES_PER_SECOND = 30;
/** A quiet, low tone that is easy to bear and easy to recognise. */
const TONE_HERTZ = 220;

/** The camera and the microphone. Rejects where the person or the machine says no. */
export async function openCamera(): Promise<Source> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: WIDTH, height: HEIGHT, frameRate: FRAMES_PER_SECOND },
    audio: true,
  });
  return {
    stream,
    resumeSound: () => {},
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** Whether the person has allowed the camera here before, so that it can be used without asking. */
export async function isCameraGranted(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' as PermissionName });
    return state === 'granted';
  } catch {
    // Firefox knows no such permission name.
    return false;
  }
}

/** A moving picture with a clock, and a tone: a call needs no camera, and the clock shows the delay. */
export function createTestPicture(): Source {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d');
  const stream = canvas.captureStream(FRAMES_PER_SECOND);
  let frame = 0;
  const timer = setInterval(() => {
    if (context !== null) draw(context, frame++);
  }, 1000 / FRAMES_PER_SECOND);
  if (context !== null) draw(context, frame++);
  const tone = createTone();
  stream.addTrack(tone.track);
  return {
    stream,
    resumeSound: tone.resume,
    stop: () => {
      clearInterval(timer);
      tone.stop();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

function createTone(): { track: MediaStreamTrack; resume: () => void; stop: () => void } {
  const audio = new AudioContext();
  const oscillator = new OscillatorNode(audio, { frequency: TONE_HERTZ });
  const volume = new GainNode(audio, { gain: 0.05 });
  const output = new MediaStreamAudioDestinationNode(audio);
  oscillator.connect(volume).connect(output);
  oscillator.start();
  const track = output.stream.getAudioTracks()[0];
  if (track === undefined) throw new Error('A MediaStreamAudioDestinationNode has one audio track by definition.');
  return { track, resume: () => void audio.resume(), stop: () => void audio.close() };
}

function draw(context: CanvasRenderingContext2D, frame: number): void {
  const turn = (frame / FRAMES_PER_SECOND) * 0.6;
  const sky = context.createLinearGradient(0, 0, WIDTH, HEIGHT);
  sky.addColorStop(0, '#0d2b25');
  sky.addColorStop(1, '#14463b');
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  drawWaves(context, turn);
  drawClock(context, frame);
}

/** Soft waves that pass through one point, as light does through a pinhole. */
function drawWaves(context: CanvasRenderingContext2D, turn: number): void {
  context.lineWidth = 2;
  for (let i = 0; i < 14; i++) {
    context.beginPath();
    context.strokeStyle = `hsl(${158 + i * 3} 60% ${45 + i * 2}% / 55%)`;
    for (let x = 0; x <= WIDTH; x += 16) {
      const fromMiddle = (x - WIDTH / 2) / (WIDTH / 2);
      const y = HEIGHT / 2 + Math.sin(fromMiddle * 4 - turn * 2 + i * 0.45) * fromMiddle * (40 + i * 14);
      if (x === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
  }
  context.fillStyle = '#eafff8';
  context.beginPath();
  context.arc(WIDTH / 2, HEIGHT / 2, 7 + Math.sin(turn * 3) * 2, 0, Math.PI * 2);
  context.fill();
}

function drawClock(context: CanvasRenderingContext2D, frame: number): void {
  const now = new Date();
  const time = now.toTimeString().slice(0, 8);
  const tenths = Math.floor(now.getMilliseconds() / 100);
  context.fillStyle = '#ffffff';
  context.font = '600 64px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
  context.fillText(`${time}.${tenths}`, 48, HEIGHT - 52);
  context.font = '400 26px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
  context.fillStyle = 'rgb(255 255 255 / 65%)';
  context.fillText(`#${frame}`, WIDTH - 150, HEIGHT - 56);
}
