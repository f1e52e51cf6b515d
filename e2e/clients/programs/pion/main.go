// pion/turn: a TURN client alone. Sends to the echo server through the relay, and counts what comes back.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/pion/turn/v5"
)

type endpoint struct {
	IP   string `json:"ip"`
	Port int    `json:"port"`
}

func (e endpoint) String() string { return net.JoinHostPort(e.IP, strconv.Itoa(e.Port)) }

// task has the fields of ClientTask (client-task.ts) that this client needs.
type task struct {
	Transport    string   `json:"transport"`
	Server       endpoint `json:"server"`
	Realm        string   `json:"realm"`
	Username     string   `json:"username"`
	Password     string   `json:"password"`
	CaFile       string   `json:"caFile"`
	Peer         endpoint `json:"peer"`
	Messages     int      `json:"messages"`
	MessageBytes int      `json:"messageBytes"`
	TimeoutMs    int      `json:"timeoutMs"`
}

type end struct {
	LocalType     string `json:"localType"`
	RemoteType    string `json:"remoteType"`
	RelayProtocol string `json:"relayProtocol"`
}

type outcome struct {
	Version        string `json:"version"`
	SentMessages   int    `json:"sentMessages"`
	SentBytes      int    `json:"sentBytes"`
	EchoedMessages int    `json:"echoedMessages"`
	EchoedBytes    int    `json:"echoedBytes"`
	Identical      bool   `json:"identical"`
	Ends           []end  `json:"ends"`
}

func main() {
	var given task
	check(json.NewDecoder(os.Stdin).Decode(&given))
	result, err := run(given)
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(result))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(given task) (*outcome, error) {
	conn, err := dial(given)
	if err != nil {
		return nil, err
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: given.Server.String(),
		TURNServerAddr: given.Server.String(),
		Conn:           conn,
		Username:       given.Username,
		Password:       given.Password,
		Realm:          given.Realm,
	})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer client.Close()
	if err := client.Listen(); err != nil {
		return nil, err
	}
	relay, err := client.Allocate()
	if err != nil {
		return nil, err
	}
	result, err := echo(given, relay)
	if err != nil {
		return nil, err
	}
	return result, relay.Close()
}

// dial opens the way to the server: a datagram socket, or a stream that STUNConn cuts into messages.
func dial(given task) (net.PacketConn, error) {
	if given.Transport == "udp" {
		return net.ListenPacket("udp4", "0.0.0.0:0")
	}
	stream, err := dialStream(given)
	if err != nil {
		return nil, err
	}
	return turn.NewSTUNConn(stream), nil
}

func dialStream(given task) (net.Conn, error) {
	if given.Transport == "tcp" {
		return net.Dial("tcp", given.Server.String())
	}
	pem, err := os.ReadFile(given.CaFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return tls.Dial("tcp", given.Server.String(), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
}

func echo(given task, relay net.PacketConn) (*outcome, error) {
	peer, err := net.ResolveUDPAddr("udp4", given.Peer.String())
	if err != nil {
		return nil, err
	}
	if err := relay.SetReadDeadline(time.Now().Add(time.Duration(given.TimeoutMs) * time.Millisecond)); err != nil {
		return nil, err
	}
	result := &outcome{Version: version(), Identical: true, Ends: []end{{"relay", "host", given.Transport}}}
	buffer := make([]byte, 64*1024)
	for index := range given.Messages {
		message := messageAt(index, given.MessageBytes)
		sent, err := relay.WriteTo(message, peer)
		if err != nil {
			return nil, err
		}
		received, _, err := relay.ReadFrom(buffer)
		if err != nil {
			return nil, err
		}
		result.SentMessages++
		result.SentBytes += sent
		result.EchoedMessages++
		result.EchoedBytes += received
		result.Identical = result.Identical && bytes.Equal(message, buffer[:received])
	}
	return result, nil
}

func messageAt(index, size int) []byte {
	message := make([]byte, size)
	for place := range message {
		message[place] = byte(index*31 + place*7)
	}
	return message
}

// version is that of the pion/turn module in this very binary.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.HasPrefix(module.Path, "github.com/pion/turn") {
			return module.Version
		}
	}
	return "unknown"
}
