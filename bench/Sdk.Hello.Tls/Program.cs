// The bare tool once more, with a TLS connection and nothing above it: the least that sending anything safely adds to a program compiled
// ahead of time. On Linux it is as much as HttpClient, which the framework refers to for fetching certificates that a server left out.
using System.Net.Security;
using System.Net.Sockets;

Console.WriteLine("Hello, world!");
if (args is not [var host])
    return;
using var connection = new TcpClient(host, 443);
await using var stream = new SslStream(connection.GetStream());
await stream.AuthenticateAsClientAsync(host);
await stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
