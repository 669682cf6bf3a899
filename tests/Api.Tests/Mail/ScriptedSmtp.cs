using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>A mail server that does to each recipient what the test's script says.</summary>
internal sealed partial class ScriptedSmtp : IAsyncDisposable
{
    /// <summary>The script's reply for a recipient that gets none, ever.</summary>
    public const string Hang = "hang";

    /// <summary>The script's reply for a recipient at whom the connection is closed.</summary>
    public const string Drop = "drop";

    /// <summary>The script's reply to a message that it accepts, but closes the connection before it says so.</summary>
    public const string LoseReply = "lose reply";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentQueue<string> _tried = new();
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly Task _accepting;
    private int _open;

    public ScriptedSmtp()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The setting that leads here, without encryption.</summary>
    public string Url => $"smtp://127.0.0.1:{Port}?starttls=false";

    /// <summary>The reply to RCPT TO, by recipient: a line of SMTP, <see cref="Hang"/> or <see cref="Drop"/>.</summary>
    public Func<string, string> Rcpt { get; set; } = _ => "250 ok";

    /// <summary>The reply to MAIL FROM.</summary>
    public string MailFrom { get; set; } = "250 ok";

    /// <summary>The reply to a whole message; <see cref="Hang"/> and <see cref="Drop"/> likewise, or <see cref="LoseReply"/>.</summary>
    public string Data { get; set; } = "250 ok";

    /// <summary>The number of connections that it accepts at once. The others get <see cref="TooMany"/> for a greeting.</summary>
    public int MaxConnections { get; set; } = int.MaxValue;

    /// <summary>The greeting of surplus connections.</summary>
    public string TooMany { get; set; } = "421 4.7.0 too many connections";

    /// <summary>What EHLO offers.</summary>
    public IReadOnlyList<string> Offers { get; set; } = ["8BITMIME"];

    /// <summary>With which it encrypts; <c>null</c> where it can't.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether it encrypts from the first byte on.</summary>
    public bool IsImplicitTls { get; init; }

    /// <summary>Every recipient that was tried, in order.</summary>
    public IReadOnlyList<string> Tried => [.. _tried];

    /// <summary>Every mail that was accepted, in order.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <summary>Connections that are open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Commands and their arguments of all connections, in order.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>The first mail to a recipient; waits for it.</summary>
    public async Task<ReceivedMail> MailAsync(string recipient)
    {
        await Eventually.TrueAsync(() => Mails.Any(mail => mail.To == recipient), $"a mail to {recipient}");
        return Mails.First(mail => mail.To == recipient);
    }

    public Task TriedAsync(int times) => Eventually.TrueAsync(() => _tried.Count >= times, $"{times} recipients were tried");

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> conversations = [];
        try
        {
            while (true)
                conversations.Add(ConverseAsync(await _listener.AcceptTcpClientAsync(_stopped.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (IsImplicitTls)
                    stream = await EncryptAsync(stream);
                await new Conversation(this, stream).RunAsync(_stopped.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or AuthenticationException)
        {
            // The client disconnected, or the test has ended.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stopped.Token);
        return encrypted;
    }

    [GeneratedRegex("<([^>]*)>")]
    private static partial Regex Path();

    private sealed class Conversation(ScriptedSmtp server, Stream stream)
    {
        private readonly List<string> _recipients = [];
        private StreamReader _reader = new(stream, new UTF8Encoding(false));
        private Stream _stream = stream;
        private string _from = "";

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            if (server.Open > server.MaxConnections)
            {
                await WriteAsync(server.TooMany, cancellationToken);
                return;
            }

            await WriteAsync("220 test", cancellationToken);
            while (await _reader.ReadLineAsync(cancellationToken) is { } line)
            {
                server.Commands.Enqueue(line);
                var reply = line.Split(' ', ':')[0].ToUpperInvariant() switch
                {
                    "EHLO" => Greeting(),
                    "MAIL" => Begin(line),
                    "RCPT" => Recipient(line),
                    "DATA" => await ReceiveAsync(cancellationToken),
                    "STARTTLS" => "220 go on",
                    "AUTH" => "235 ok",
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                if (reply == Hang)
                    await WaitForEndAsync(cancellationToken);
                if (reply is Hang or Drop or LoseReply)
                    return;
                await WriteAsync(reply, cancellationToken);
                if (line == "QUIT")
                    return;
                if (line == "STARTTLS")
                    await EncryptAsync();
            }
        }

        private async Task WaitForEndAsync(CancellationToken cancellationToken)
        {
            while (await _reader.ReadLineAsync(cancellationToken) is not null)
            {
                // Never replies.
            }
        }

        private string Greeting()
        {
            List<string> offers = [.. server.Offers];
            if (server.Certificate is not null && _stream is not SslStream)
                offers.Add("STARTTLS");
            return string.Join("\r\n", offers.Select(offer => $"250-{offer}").Append("250 OK"));
        }

        private string Begin(string line)
        {
            _recipients.Clear();
            _from = Path().Match(line).Groups[1].Value;
            return server.MailFrom;
        }

        private string Recipient(string line)
        {
            var recipient = Path().Match(line).Groups[1].Value;
            server._tried.Enqueue(recipient);
            _recipients.Add(recipient);
            return server.Rcpt(recipient);
        }

        private async Task<string> ReceiveAsync(CancellationToken cancellationToken)
        {
            await WriteAsync("354 go on", cancellationToken);
            var text = new StringBuilder();
            while (await _reader.ReadLineAsync(cancellationToken) is { } line && line != ".")
                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            if (server.Data.StartsWith('2') || server.Data == LoseReply)
                server._mails.Enqueue(new ReceivedMail(_from, _recipients.Single(), text.ToString(), _stream is SslStream));
            return server.Data;
        }

        private async Task EncryptAsync()
        {
            _stream = await server.EncryptAsync(_stream);
            _reader = new StreamReader(_stream, new UTF8Encoding(false));
        }

        private async Task WriteAsync(string line, CancellationToken cancellationToken) =>
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);
    }
}

/// <summary>A mail as the server received it.</summary>
internal sealed partial record ReceivedMail(string From, string To, string Text, bool WasEncrypted)
{
    /// <summary>The token of the link in it.</summary>
    public string Token => TokenOfLink().Match(Text).Groups[1].Value;

    [GeneratedRegex("token=([A-Za-z0-9_-]{43})")]
    private static partial Regex TokenOfLink();
}
