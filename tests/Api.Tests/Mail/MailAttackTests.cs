using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>
/// Mail requests of attackers don't delay other mail. The clocks of the servers are stopped, so a mail that arrives has not waited for
/// another one.
/// </summary>
public class MailAttackTests
{
    [Fact]
    public async Task Without_a_mail_server_an_address_of_any_script_keeps_no_other_mail_waiting()
    {
        await using var server = await MailServer.StartAsync();
        for (var i = 0; i < 5; i++)
            await server.SignUpAsync($"josé{i}@example.org");
        await server.SignUpAsync("ann@example.org");
        await server.MailAsync("verify", "ann@example.org");
        for (var i = 0; i < 5; i++)
            await server.MailAsync("verify", $"josé{i}@example.org");
    }

    [Theory]
    [InlineData("550 no such user")]
    [InlineData("451 later")]
    [InlineData(ScriptedSmtp.Hang)]
    [InlineData(ScriptedSmtp.Drop)]
    public async Task Addresses_that_cannot_be_reached_keep_no_other_mail_waiting(string reply)
    {
        await using var smtp = new ScriptedSmtp { Rcpt = Bad(reply) };
        await using var server = await MailServer.StartAsync(smtp);
        using var honest = await server.JoinAsync(smtp, "ann@example.org");
        for (var i = 0; i < 5; i++)
            await server.SignUpAsync($"bad{i}@example.org");
        for (var i = 0; i < 10; i++)
            await server.SignUpAsync($"bad@host{i}.example");
        await honest.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = honest.Email });
        await Eventually.TrueAsync(() => smtp.Mails.Count(mail => mail.To == honest.Email) == 2, "the honest reset mail arrives");
    }

    [Fact]
    public async Task More_hanging_addresses_than_the_server_sends_at_once_delay_others_by_seconds()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = Bad(ScriptedSmtp.Hang) };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < Limits.MailsAtOnce * 3; i++)
            await server.AddAsync($"bad@host{i}.example");
        await server.SignUpAsync("ann@example.org");
        for (var round = 1; round <= 3; round++)
        {
            await smtp.TriedAsync(Limits.MailsAtOnce * round);
            server.Time.Advance(Limits.SlowMail);
        }

        await smtp.MailAsync("ann@example.org");
        await Eventually.TrueAsync(() => smtp.Open <= Limits.MailsAtOnce * 2, "no more connections than mail servers allow");
    }

    [Fact]
    public async Task Hanging_addresses_of_the_same_domain_delay_others_by_seconds()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = Bad(ScriptedSmtp.Hang) };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < Limits.MailsPerDomain * 3; i++)
            await server.AddAsync($"bad{i}@example.org");
        await server.SignUpAsync("ann@example.org");
        await server.SignUpAsync("ann@example.net");
        await smtp.MailAsync("ann@example.net");
        for (var round = 1; round <= 3; round++)
        {
            await Eventually.TrueAsync(() => smtp.Tried.Count(IsBad) >= Limits.MailsPerDomain * round, "the next ones are tried");
            server.Time.Advance(Limits.SlowMail);
        }

        await smtp.MailAsync("ann@example.org");
    }

    [Fact]
    public async Task A_domain_with_many_subdomains_has_the_turns_of_one()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = Bad(ScriptedSmtp.Hang) };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < Limits.MailsAtOnce * 2; i++)
            await server.AddAsync($"bad@x{i}.evil.example");
        await server.SignUpAsync("ann@example.net");

        // The clock stands still, so no attempt becomes slow and gives its slot away.
        await smtp.MailAsync("ann@example.net");
    }

    [Fact]
    public async Task Mails_that_are_tried_again_keep_no_fresh_one_waiting()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = Bad("451 later") };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < 100; i++)
            await server.AddAsync($"bad@host{i}.example");
        await smtp.TriedAsync(100);
        smtp.Rcpt = Bad(ScriptedSmtp.Hang);
        await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).Retrying == 100, "all attempts are over");
        server.Time.Advance(TimeSpan.FromSeconds(15));
        await smtp.TriedAsync(100 + Limits.MailsAtOnce);
        await server.SignUpAsync("ann@example.org");
        server.Time.Advance(Limits.SlowMail);
        await smtp.MailAsync("ann@example.org");
        Assert.True(smtp.Tried.Count <= 101 + 2 * Limits.MailsAtOnce, $"{smtp.Tried.Count} tries");
    }

    [Theory]
    [InlineData(1, "421 4.7.0 too many connections")]
    [InlineData(3, "421 4.7.0 too many connections")]
    [InlineData(3, "450 4.7.0 too many connections from you")]
    public async Task A_mail_server_that_accepts_few_connections_gets_so_few_and_all_mails_without_a_pause(int most, string refusal)
    {
        await using var smtp = new ScriptedSmtp { MaxConnections = most, TooMany = refusal };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < Limits.MailsAtOnce * 3; i++)
            await server.AddAsync($"ann@host{i}.example");

        // The clock stands still, so nothing is postponed.
        await Eventually.TrueAsync(() => smtp.Mails.Count == Limits.MailsAtOnce * 3, "all mails arrive");
        await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).All == 0, "no mail waits");
        Assert.Equal(Limits.MailsAtOnce * 3, smtp.Mails.Select(mail => mail.To).Distinct().Count());
    }

    [Fact]
    public async Task A_mail_server_that_accepts_no_connection_is_asked_with_pauses()
    {
        await using var smtp = new ScriptedSmtp { MaxConnections = 0 };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < Limits.MailsAtOnce * 3; i++)
            await server.AddAsync($"ann@host{i}.example");
        await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).Retrying > 0, "the server is unreachable");
        smtp.MaxConnections = int.MaxValue;
        Assert.Empty(smtp.Mails);
        await Eventually.TrueAsync(
            async () =>
            {
                // On a slow machine, a mail that is being sent must not lose its lease.
                await Task.Delay(200);
                server.Time.Advance(TimeSpan.FromSeconds(1));
                return smtp.Mails.Count == Limits.MailsAtOnce * 3;
            },
            "all mails arrive");
    }

    [Fact]
    public async Task Mails_have_the_network_that_requested_them()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = _ => "451 later" };
        await using var server = await MailServer.StartAsync(smtp);
        foreach (var source in (string[])["2001:db8:1:2::3", "2001:db8:1:4::5", "2001:db8:6:2::3"])
        {
            using var person = server.NewPerson(source);
            (await person.SignUpAsync()).EnsureSuccessStatusCode();
        }

        await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).Retrying == 3, "all attempts are over");
        var later = server.Time.GetUtcNow() + TimeSpan.FromHours(1) / 2;
        var mails = await server.Accounts.Mails.LeaseAsync(10, later, later + Limits.MailLease, default);
        var sources = mails.Select(mail => mail.Source).ToArray();
        Assert.Equal(3, sources.Length);
        Assert.All(sources, source => Assert.True(source.Network != 0 && source.Subnet != 0));
        Assert.Equal([1, 2], sources.GroupBy(source => source.Network).Select(same => same.Count()).Order());
        Assert.Equal(3, sources.Distinct().Count());
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_good_is_tried_once()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = Bad("550 no such user") };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SignUpAsync("bad@example.org");
        await smtp.TriedAsync(1);
        for (var round = 0; round < 10; round++)
        {
            server.Time.Advance(TimeSpan.FromHours(3));
            await server.AddAsync($"ann{round}@example.org");
            await smtp.MailAsync($"ann{round}@example.org");
        }

        Assert.Single(smtp.Tried, IsBad);
    }

    [Theory]
    [InlineData("451 later")]
    [InlineData(ScriptedSmtp.Drop)]
    public async Task A_mail_that_did_not_go_through_is_tried_later(string reply)
    {
        var isAway = true;
        await using var smtp = new ScriptedSmtp { Rcpt = _ => Volatile.Read(ref isAway) ? reply : "250 ok" };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SignUpAsync("ann@example.org");
        await smtp.TriedAsync(1);
        Volatile.Write(ref isAway, false);
        await Eventually.TrueAsync(
            () =>
            {
                server.Time.Advance(TimeSpan.FromSeconds(1));
                return smtp.Mails.Count > 0;
            },
            "the mail arrives");
        Assert.Equal("ann@example.org", Assert.Single(smtp.Mails).To);
    }

    [Fact]
    public async Task A_mail_that_can_never_be_sent_is_given_up_after_about_a_day()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = _ => "451 later" };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SignUpAsync("ann@example.org");
        await smtp.TriedAsync(1);
        for (var hour = 1; hour < 24; hour++)
        {
            await Eventually.TrueAsync(async () => (await server.Accounts.Mails.CountAsync(default)).Retrying == 1, "the attempt is over");
            server.Time.Advance(TimeSpan.FromHours(1));
            await smtp.TriedAsync(hour + 1);
        }

        var last = smtp.Tried.Count;
        server.Time.Advance(TimeSpan.FromDays(1));
        smtp.Rcpt = _ => "250 ok";
        await server.SignUpAsync("bob@example.org");
        await smtp.MailAsync("bob@example.org");
        Assert.Equal(last + 1, smtp.Tried.Count);
    }

    private static bool IsBad(string recipient) => recipient.StartsWith("bad", StringComparison.Ordinal);

    private static Func<string, string> Bad(string reply) => recipient => IsBad(recipient) ? reply : "250 ok";
}
