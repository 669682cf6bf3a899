using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>Mails that wait, because their mail server defers them, while what they are for ends.</summary>
public sealed class OutdatedMailTests
{
    private const string NewPassword = "a passphrase by a link";

    private bool _isDeferring = true;

    [Fact]
    public async Task A_request_to_change_the_address_ends_with_a_password_reset()
    {
        await using var smtp = Deferring("bob@evil.example");
        await using var server = await MailServer.StartAsync(smtp);
        using var ada = await server.JoinAsync(smtp);
        await RequestAsync(ada, smtp, "bob@evil.example");
        await ForgetAsync(server, ada.Email);
        await DoAsync(server, "/v1/auth/password/reset", 204, await LastTokenAsync(smtp, ada.Email, mails: 2));

        await DrainAsync(server);
        Assert.DoesNotContain(smtp.Mails, mail => mail.To == "bob@evil.example");
    }

    [Fact]
    public async Task A_superseded_request_to_change_the_address_does_not_replace_the_newer_one()
    {
        await using var smtp = Deferring("typo@exmaple.org");
        await using var server = await MailServer.StartAsync(smtp);
        using var ada = await server.JoinAsync(smtp);
        await RequestAsync(ada, smtp, "typo@exmaple.org");
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await RequestAsync(ada, smtp, "right@example.org");
        var right = (await smtp.MailAsync("right@example.org")).Token;

        await DrainAsync(server);
        Assert.DoesNotContain(smtp.Mails, mail => mail.To == "typo@exmaple.org");
        await DoAsync(server, "/v1/auth/email/confirm", 204, right, Person.Password);
    }

    [Fact]
    public async Task A_request_for_a_link_ends_with_a_new_password()
    {
        var email = "";
        await using var smtp = new ScriptedSmtp
        {
            Rcpt = to => to == Volatile.Read(ref email) && Volatile.Read(ref _isDeferring) ? "451 later" : "250 ok",
        };
        await using var server = await MailServer.StartAsync(smtp);
        using var ada = await server.JoinAsync(smtp);
        Volatile.Write(ref email, ada.Email);
        var tried = smtp.Tried.Count;
        await ForgetAsync(server, ada.Email);
        await smtp.TriedAsync(tried + 1);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        var change = new JsonObject { ["current_password"] = Person.Password, ["password"] = "another long passphrase" };
        await ada.DoAsync(HttpMethod.Post, "/v1/me/password", 200, change);

        await DrainAsync(server);
        Assert.DoesNotContain(smtp.Mails, mail => mail.To == ada.Email && mail.Text.Contains("password-reset", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_for_a_link_ends_with_a_reset_by_another_link()
    {
        var email = "";
        await using var smtp = new ScriptedSmtp
        {
            Rcpt = to => to == Volatile.Read(ref email) && Volatile.Read(ref _isDeferring) ? "451 later" : "250 ok",
        };
        await using var server = await MailServer.StartAsync(smtp);
        using var ada = await server.JoinAsync(smtp);
        await ForgetAsync(server, ada.Email);
        var link = await LastTokenAsync(smtp, ada.Email, mails: 2);
        Volatile.Write(ref email, ada.Email);
        var tried = smtp.Tried.Count;
        await ForgetAsync(server, ada.Email);
        await smtp.TriedAsync(tried + 1);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        await DoAsync(server, "/v1/auth/password/reset", 204, link);

        await DrainAsync(server);
        Assert.Equal(1, Resets(smtp, ada.Email));

        // A later request has its own link.
        server.Time.Advance(TimeSpan.FromMinutes(10));
        await ForgetAsync(server, ada.Email);
        await Eventually.TrueAsync(() => Resets(smtp, ada.Email) == 2, "the mail of the later request");
    }

    [Fact]
    public async Task A_request_whose_first_mail_had_no_reply_ends_when_its_link_is_used()
    {
        await using var smtp = new ScriptedSmtp();
        await using var server = await MailServer.StartAsync(smtp);
        using var ada = await server.JoinAsync(smtp);
        smtp.Data = ScriptedSmtp.LoseReply;
        await ForgetAsync(server, ada.Email);
        var link = await LastTokenAsync(smtp, ada.Email, mails: 2);
        await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).Retrying == 1, "the mail waits");
        smtp.Data = "250 ok";
        await DoAsync(server, "/v1/auth/password/reset", 204, link);

        await DrainAsync(server);
        Assert.Equal(1, Resets(smtp, ada.Email));
    }

    [Fact]
    public async Task The_attempts_to_send_a_mail_have_one_message_id()
    {
        await using var smtp = new ScriptedSmtp { Data = ScriptedSmtp.LoseReply };
        await using var server = await MailServer.StartAsync(smtp);
        await server.AddAsync("ann@example.org");
        await server.AddAsync("bob@example.org");
        await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).Retrying == 2, "the mails wait");
        smtp.Data = "250 ok";
        await DrainAsync(server);
        var ids = smtp.Mails.ToLookup(
            mail => mail.To, mail => Regex.Match(mail.Text, "(?m)^Message-Id: (<.+@example.net>)\r$").Groups[1].Value);
        Assert.Equal((2, 1), (ids["ann@example.org"].Count(), ids["ann@example.org"].Distinct().Count()));
        Assert.Equal((2, 1), (ids["bob@example.org"].Count(), ids["bob@example.org"].Distinct().Count()));
        Assert.NotEqual(ids["ann@example.org"].First(), ids["bob@example.org"].First());
        Assert.NotEmpty(ids["ann@example.org"].First());
    }

    [Fact]
    public async Task A_recipient_for_whom_the_server_wants_credentials_is_no_unreachable_server()
    {
        await using var smtp = new ScriptedSmtp
        {
            Rcpt = to => to.EndsWith("evil.example", StringComparison.Ordinal) ? "530 authenticate" : "250 ok",
        };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < 5; i++)
            await server.AddAsync($"a{i}@evil.example");
        await server.AddAsync("ann@example.org");

        // Without an advance of the clock: nothing waits for the next probe of an unreachable server.
        await smtp.MailAsync("ann@example.org");
        await Eventually.TrueAsync(
            async () => (await server.Accounts.Mails.CountAsync(default)).All == 0, "the refused mails are given up");
    }

    private ScriptedSmtp Deferring(string address) =>
        new() { Rcpt = to => to == address && Volatile.Read(ref _isDeferring) ? "451 later" : "250 ok" };

    private async Task DrainAsync(MailServer server)
    {
        Volatile.Write(ref _isDeferring, false);
        await Eventually.TrueAsync(
            async () =>
            {
                server.Time.Advance(TimeSpan.FromSeconds(5));
                return (await server.Accounts.Mails.CountAsync(default)).All == 0;
            },
            "no mail waits");
    }

    private static int Resets(ScriptedSmtp smtp, string email) =>
        smtp.Mails.Count(mail => mail.To == email && mail.Text.Contains("password-reset#", StringComparison.Ordinal));

    private static async Task RequestAsync(Person person, ScriptedSmtp smtp, string email)
    {
        await person.DoAsync(HttpMethod.Post, "/v1/me/email", 202, new JsonObject { ["email"] = email, ["password"] = Person.Password });
        await Eventually.TrueAsync(() => smtp.Tried.Contains(email), $"an attempt for {email}");
    }

    private static async Task ForgetAsync(MailServer server, string email)
    {
        using var forgetful = server.NewPerson();
        await forgetful.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = email });
    }

    private static async Task<string> LastTokenAsync(ScriptedSmtp smtp, string email, int mails)
    {
        await Eventually.TrueAsync(() => smtp.Mails.Count(mail => mail.To == email) == mails, $"mails to {email}");
        return smtp.Mails.Last(mail => mail.To == email).Token;
    }

    private static async Task DoAsync(MailServer server, string path, int status, string token, string password = NewPassword)
    {
        using var person = server.NewPerson();
        await person.DoAsync(HttpMethod.Post, path, status, new JsonObject { ["token"] = token, ["password"] = password });
    }
}
