// A net/http server that answers a price.
package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	prices := map[string]string{}
	file, err := os.Open(os.Getenv("PRICECTL_PRICES"))
	if err != nil {
		panic(err)
	}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		id, price, _ := strings.Cut(lines.Text(), ",")
		prices[id] = price
	}
	http.HandleFunc("/price", func(response http.ResponseWriter, request *http.Request) {
		price, isKnown := prices[request.URL.Query().Get("product_id")]
		if !isKnown {
			response.WriteHeader(http.StatusNotFound)
			return
		}
		response.Header().Set("Content-Type", "text/plain")
		_, _ = response.Write([]byte(price))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, nil))
}
