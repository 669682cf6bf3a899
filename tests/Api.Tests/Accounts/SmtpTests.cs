using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Settings;
using TelemetryKit.Api.Tests.Mail;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Tests.Accounts;

public class SmtpTests
{
    private static readonly MailboxAddress From = SenderAddress.TryParse("TelemetryKit <from@example.org>")!;

    [Fact]
    public async Task A_letter_reaches_a_mail_server_with_both_parts_and_its_link_whole()
    {
        await using var smtp = new ScriptedSmtp();
        Assert.Equal(new(null, "the mail server"), await SendAsync(smtp, "?starttls=false", "ada@example.org"));
        var mail = Assert.Single(smtp.Mails);
        Assert.Equal(("from@example.org", "ada@example.org", false), (mail.From, mail.To, mail.WasEncrypted));
        Assert.Contains("text/plain", mail.Text);
        Assert.Contains("text/html", mail.Text);
        Assert.Contains("&amp; &lt;b&gt;", mail.Text);
        Assert.Contains("Subject: =?utf-8?", mail.Text);
        Assert.Contains("\r\nhttp://telemetry.example.org/verify#token=abc\r\n", mail.Text);
        Assert.Contains("@example.org>\r\n", mail.Text.Split("Message-Id: ")[1][..100]);
    }

    [Fact]
    public async Task A_mail_is_sent_to_a_server_without_8BITMIME()
    {
        await using var smtp = new ScriptedSmtp { Offers = [] };
        Assert.Null((await SendAsync(smtp, "?starttls=false", "ada@example.org")).Failure);
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Assert.Single(smtp.Mails).Text));
        var body = (await MimeMessage.LoadAsync(text)).TextBody!.ReplaceLineEndings("\n");
        Assert.Contains("\nhttp://telemetry.example.org/verify#token=abc\n", body);
    }

    [Theory]
    [InlineData("eve@xn--bcher-kva.example", "eve@xn--bcher-kva.example", false)]
    [InlineData("Eve@B\u00dcCHER.example", "Eve@xn--bcher-kva.example", false)]
    [InlineData("jose\u0301@bu\u0308cher.example", "josé@bücher.example", true)]
    public async Task Mail_is_sent_to_the_domain_in_its_DNS_form_unless_it_needs_SMTPUTF8(string to, string recipient, bool utf8)
    {
        await using var smtp = new ScriptedSmtp { Offers = ["8BITMIME", "SMTPUTF8"] };
        Assert.Null((await SendAsync(smtp, "?starttls=false", to)).Failure);
        Assert.Equal(recipient, Assert.Single(smtp.Mails).To);
        Assert.Equal(utf8, smtp.Commands.Any(command => command.Contains("SMTPUTF8", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("josé@example.org", MailFailure.Utf8Unsupported)]
    [InlineData("nobody", MailFailure.InvalidAddress)]
    [InlineData("a..b@example.org", MailFailure.InvalidAddress)]
    public async Task What_can_not_be_sent_is_given_up_before_it_is_tried(string to, MailFailure failure)
    {
        await using var smtp = new ScriptedSmtp();
        Assert.Equal(failure, (await SendAsync(smtp, "?starttls=false", to)).Failure);
        Assert.Empty(smtp.Tried);
        Assert.True(failure.IsPermanent());
    }

    [Theory]
    [InlineData("550 no such user", MailFailure.Refused, "550")]
    [InlineData("553 syntax", MailFailure.Refused, "553")]
    [InlineData("450 greylisted", MailFailure.Deferred, "450")]
    [InlineData(ScriptedSmtp.Drop, MailFailure.Interrupted, "SmtpProtocolException")]
    public async Task A_refusal_of_the_recipient_is_temporary_or_permanent(string reply, MailFailure failure, string detail)
    {
        await using var smtp = new ScriptedSmtp { Rcpt = _ => reply };
        Assert.Equal(new(failure, detail), await SendAsync(smtp, "?starttls=false", "ada@example.org"));
        Assert.Equal(failure == MailFailure.Refused, failure.IsPermanent());
    }

    [Theory]
    [InlineData("552 too large", MailFailure.Refused)]
    [InlineData("451 later", MailFailure.Deferred)]
    [InlineData(ScriptedSmtp.Drop, MailFailure.Interrupted)]
    public async Task So_does_a_refusal_of_the_message_and_of_the_sender(string reply, MailFailure failure)
    {
        await using var content = new ScriptedSmtp { Data = reply };
        Assert.Equal(failure, (await SendAsync(content, "?starttls=false", "ada@example.org")).Failure);
        await using var sender = new ScriptedSmtp { MailFrom = reply };
        Assert.Equal(failure, (await SendAsync(sender, "?starttls=false", "ada@example.org")).Failure);
    }

    [Fact]
    public async Task A_server_that_hangs_is_waited_for_so_long_and_no_longer()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = _ => ScriptedSmtp.Hang };
        var time = new SteppedTime();
        var attempt = SendAsync(smtp, "?starttls=false", "ada@example.org", time: time);
        await smtp.TriedAsync(1);
        time.Advance(Limits.MailAttempt - TimeSpan.FromSeconds(1));
        Assert.False(attempt.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MailFailure.Interrupted, (await attempt).Failure);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        var smtp = new ScriptedSmtp();
        var port = smtp.Port;
        await smtp.DisposeAsync();
        var settings = SmtpSettings.Read($"smtp://127.0.0.1:{port}?starttls=false", new SettingFaults())!;
        var attempt = await new SmtpMailer(settings, From, TimeProvider.System).SendAsync(Letter("ada@example.org"), default);
        Assert.Equal(MailFailure.Unreachable, attempt.Failure);
    }

    [Fact]
    public async Task Without_encryption_nothing_is_sent_unless_the_settings_say_so()
    {
        await using var smtp = new ScriptedSmtp();
        Assert.Equal(MailFailure.Unreachable, (await SendAsync(smtp, "", "ada@example.org")).Failure);
        Assert.All(smtp.Commands, command => Assert.DoesNotMatch("^(MAIL|AUTH)", command));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mail_is_sent_over_an_encrypted_connection_to_a_trusted_server(bool isImplicit)
    {
        using var certificate = MakeCertificate();
        await using var smtp = new ScriptedSmtp
        {
            Certificate = certificate, IsImplicitTls = isImplicit, Offers = ["8BITMIME", "AUTH PLAIN"],
        };
        var scheme = isImplicit ? "smtps" : "smtp";
        var settings = SmtpSettings.Read($"{scheme}://user:pass@127.0.0.1:{smtp.Port}", new SettingFaults())!;
        var untrusted = await new SmtpMailer(settings, From, TimeProvider.System).SendAsync(Letter("ada@example.org"), default);
        Assert.Equal(MailFailure.Unreachable, untrusted.Failure);
        Assert.DoesNotContain(smtp.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));

        var trusted = await new SmtpMailer(settings, From, TimeProvider.System, IsOurs).SendAsync(Letter("ada@example.org"), default);
        Assert.Null(trusted.Failure);
        Assert.True(Assert.Single(smtp.Mails).WasEncrypted);
        Assert.Single(smtp.Commands, command => command.StartsWith("AUTH PLAIN", StringComparison.Ordinal));

        bool IsOurs(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors faults) =>
            presented?.GetCertHashString() == certificate.GetCertHashString();
    }

    [Theory]
    [InlineData("smtp://mail.example.org", "mail.example.org", 587, null, null, nameof(SmtpEncryption.StartTls))]
    [InlineData("smtp://u%40x:p%3A1@mail.example.org:2525", "mail.example.org", 2525, "u@x", "p:1", nameof(SmtpEncryption.StartTls))]
    [InlineData("smtp://mail.example.org:465?starttls=true", "mail.example.org", 465, null, null, nameof(SmtpEncryption.StartTls))]
    [InlineData("smtp://localhost:25?starttls=false", "localhost", 25, null, null, nameof(SmtpEncryption.None))]
    [InlineData("smtps://mail.example.org", "mail.example.org", 465, null, null, nameof(SmtpEncryption.Implicit))]
    [InlineData("smtps://u:p@mail.example.org:10465", "mail.example.org", 10465, "u", "p", nameof(SmtpEncryption.Implicit))]
    [InlineData("smtp://mail.example.org:465", "mail.example.org", 465, null, null, nameof(SmtpEncryption.Implicit))]
    [InlineData("smtp://mail.bücher.example", "mail.xn--bcher-kva.example", 587, null, null, nameof(SmtpEncryption.StartTls))]
    public void The_address_of_a_mail_server_contains_all_its_settings(
        string text, string host, int port, string? user, string? password, string encryption)
    {
        var expected = new SmtpSettings(host, port, user, password, Enum.Parse<SmtpEncryption>(encryption));
        Assert.Equal(expected, SmtpSettings.Read(text, new SettingFaults()));
    }

    [Theory]
    [InlineData("mail.example.org")]
    [InlineData("http://mail.example.org")]
    [InlineData("smtp://u:secret-password@mail.example.org/path")]
    [InlineData("smtp://u:secret-password@mail.example.org?tls=maybe")]
    [InlineData("smtps://u:secret-password@mail.example.org?starttls=false")]
    public void A_wrong_one_is_a_fault_that_keeps_the_password_to_itself(string text)
    {
        var faults = new SettingFaults();
        Assert.Null(SmtpSettings.Read(text, faults));
        Assert.DoesNotContain("secret-password", Assert.Single(faults.Sentences));
    }

    private static Task<MailAttempt> SendAsync(ScriptedSmtp smtp, string query, string to, TimeProvider? time = null)
    {
        var faults = new SettingFaults();
        var settings = SmtpSettings.Read($"smtp://127.0.0.1:{smtp.Port}{query}", faults);
        Assert.Empty(faults.Sentences);
        return new SmtpMailer(settings!, From, time ?? TimeProvider.System).SendAsync(Letter(to), default);
    }

    private static Letter Letter(string to) =>
        new("verify", to, "Grüße", ["Ein Absatz mit ü & <b>."], new("Follow", new Uri("http://telemetry.example.org/verify#token=abc")));

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
