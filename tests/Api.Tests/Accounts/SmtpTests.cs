using System.Net;
using System.Net.Sockets;
using System.Text;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Settings;

namespace TelemetryKit.Api.Tests.Accounts;

public class SmtpTests
{
    [Fact]
    public async Task A_letter_reaches_a_mail_server_with_both_parts()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var received = ReceiveAsync(listener);
        var faults = new SettingFaults();
        var settings = SmtpSettings.Read($"smtp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}?starttls=false", faults);
        Assert.Empty(faults.Sentences);
        var letter = new Letter("verify", "ada@example.org", "Grüße", ["Ein Absatz mit ü & <b>."], new("Follow", new Uri("http://telemetry.example.org/verify#token=abc")));
        Assert.Equal("the mail server", await new SmtpMailer(settings!, "TelemetryKit <from@example.org>").SendAsync(letter, default));
        var mail = await received;
        Assert.Contains("MAIL FROM:<from@example.org>", mail);
        Assert.Contains("RCPT TO:<ada@example.org>", mail);
        Assert.Contains("text/plain", mail);
        Assert.Contains("text/html", mail);
        Assert.Contains("&amp; &lt;b&gt;", mail);
        Assert.Contains("Subject: =?utf-8?", mail);
    }

    [Theory]
    [InlineData("smtp://mail.example.org", "mail.example.org", 587, null, null, true)]
    [InlineData("smtp://u%40x:p%3A1@mail.example.org:2525", "mail.example.org", 2525, "u@x", "p:1", true)]
    [InlineData("smtp://localhost:25?starttls=false", "localhost", 25, null, null, false)]
    public void The_address_of_a_mail_server_says_all(string text, string host, int port, string? user, string? password, bool startTls) =>
        Assert.Equal(new SmtpSettings(host, port, user, password, startTls), SmtpSettings.Read(text, new SettingFaults()));

    [Theory]
    [InlineData("mail.example.org")]
    [InlineData("http://mail.example.org")]
    [InlineData("smtp://u:secret-password@mail.example.org/path")]
    [InlineData("smtp://u:secret-password@mail.example.org?tls=maybe")]
    public void A_wrong_one_is_a_fault_that_keeps_the_password_to_itself(string text)
    {
        var faults = new SettingFaults();
        Assert.Null(SmtpSettings.Read(text, faults));
        Assert.DoesNotContain("secret-password", Assert.Single(faults.Sentences));
    }

    private static async Task<string> ReceiveAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var all = new StringBuilder();
        var inData = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
            if (inData && line != ".")
                continue;
            await writer.WriteLineAsync(line == "DATA" ? "354 go on" : line == "QUIT" ? "221 bye" : "250 ok");
            if (line == "QUIT")
                break;
            inData = line == "DATA";
        }

        return all.ToString();
    }
}
