//go:build linux

// Answers every read with one response, without looking at it: the fastest server that a load generator can be held against. One thread, one
// epoll, no scheduler of Go's between a socket and its answer.
package main

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

const response = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\n" +
	"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 4\r\n\r\n49.5"

// Of the program, so that they stay where they are.
var answer = []byte(response)
var request [65_536]byte

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	runtime.LockOSThread()
	listener, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
	must(err)
	must(syscall.Bind(listener, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	must(syscall.Listen(listener, 16_384))
	address, err := syscall.Getsockname(listener)
	must(err)
	epoll, err := syscall.EpollCreate1(0)
	must(err)
	watch := func(socket int) {
		must(syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, socket, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(socket)}))
	}
	watch(listener)
	fmt.Printf("127.0.0.1:%d\n", address.(*syscall.SockaddrInet4).Port)
	serve(epoll, listener, watch)
}

func serve(epoll, listener int, watch func(int)) {
	answerAt, requestAt := uintptr(unsafe.Pointer(&answer[0])), uintptr(unsafe.Pointer(&request[0]))
	events := make([]syscall.EpollEvent, 1_024)
	for {
		count, err := syscall.EpollWait(epoll, events, -1)
		if err == syscall.EINTR {
			continue
		}
		must(err)
		for _, event := range events[:count] {
			socket := int(event.Fd)
			if socket == listener {
				if client, _, err := syscall.Accept4(listener, syscall.SOCK_NONBLOCK); err == nil {
					_ = syscall.SetsockoptInt(client, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
					watch(client)
				}
				continue
			}
			// Raw calls: neither can block, so the scheduler need not hear of them.
			read, _, failure := syscall.RawSyscall(syscall.SYS_READ, uintptr(socket), requestAt, uintptr(len(request)))
			if failure == syscall.EAGAIN {
				continue
			}
			if failure != 0 || read == 0 {
				_ = syscall.Close(socket)
				continue
			}
			_, _, _ = syscall.RawSyscall(syscall.SYS_WRITE, uintptr(socket), answerAt, uintptr(len(answer)))
		}
	}
}
