// The same one verification a request with Go's net/http:  peer PORT
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	public, secret, _ := ed25519.GenerateKey(rand.Reader)
	message := make([]byte, 130)
	rand.Read(message)
	signature := ed25519.Sign(secret, message)
	answer := strings.Repeat("x", 600)

	http.HandleFunc("/v1/verify", func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		if !ed25519.Verify(public, message, signature) {
			panic("bad signature")
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, answer)
	})
	http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
}
