// The bare tool with a TLS connection: the least that sending data securely adds to a program compiled ahead of time. On Linux this is as
// much as HttpClient, because the framework's certificate validation references it to download missing certificates.
using System.Net.Security;
using System.Net.Sockets;

Console.WriteLine("Hello, world!");
if (args is not [var host])
    return;
using var connection = new TcpClient(host, 443);
await using var stream = new SslStream(connection.GetStream());
await stream.AuthenticateAsClientAsync(host);
await stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
