using System.Text.Json.Nodes;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>What strangers can do to other people's mail: nothing. The servers' clocks stand still, so an honest mail that arrives has waited for no other one.</summary>
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
        await using var smtp = new ScriptedSmtp { Rcpt = recipient => recipient.StartsWith("bad", StringComparison.Ordinal) ? reply : "250 ok" };
        await using var server = await MailServer.StartAsync(smtp);
        using var honest = await server.JoinAsync(smtp, "ann@example.org");
        for (var i = 0; i < 5; i++)
            await server.SignUpAsync($"bad{i}@example.org");
        for (var i = 0; i < 10; i++)
            await server.SignUpAsync($"bad@host{i}.example.net");
        await honest.DoAsync(HttpMethod.Post, "/v1/auth/password/forgot", 202, new JsonObject { ["email"] = honest.Email });
        await Eventually.TrueAsync(() => smtp.Mails.Count(mail => mail.To == honest.Email) == 2, "the honest reset mail arrives");
    }

    [Fact]
    public async Task More_hanging_addresses_than_the_server_sends_at_once_delay_others_by_seconds()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = recipient => recipient.StartsWith("bad", StringComparison.Ordinal) ? ScriptedSmtp.Hang : "250 ok" };
        await using var server = await MailServer.StartAsync(smtp);
        for (var i = 0; i < 60; i++)
            await server.SignUpAsync($"bad@host{i}.example.net");
        await server.SignUpAsync("ann@example.org");
        var seconds = 0;
        await Eventually.TrueAsync(
            () =>
            {
                if (smtp.Mails.Count > 0)
                    return true;
                server.Time.Advance(TimeSpan.FromSeconds(1));
                seconds++;
                return false;
            },
            "the honest mail arrives");
        Assert.True(smtp.Open <= 50, $"{smtp.Open} connections are more than mail servers allow");
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_good_is_tried_once()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = recipient => recipient.StartsWith("nosuch", StringComparison.Ordinal) ? "550 no such user" : "250 ok" };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SignUpAsync("nosuch@example.org");
        await smtp.TriedAsync(1);
        for (var hour = 0; hour < 30; hour++)
        {
            server.Time.Advance(TimeSpan.FromHours(1));
            await server.SignUpAsync($"ann{hour}@example.org");
            await smtp.MailAsync($"ann{hour}@example.org");
        }

        Assert.Single(smtp.Tried, recipient => recipient.StartsWith("nosuch", StringComparison.Ordinal));
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
    public async Task A_mail_that_never_goes_through_is_given_up_after_a_day_or_so()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = _ => "451 later" };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SignUpAsync("ann@example.org");
        await smtp.TriedAsync(1);
        for (var hour = 0; hour < 24; hour++)
        {
            var tried = smtp.Tried.Count;
            server.Time.Advance(TimeSpan.FromHours(1));
            await Eventually.TrueAsync(() => smtp.Tried.Count > tried || hour >= 23, "it is tried again");
        }

        var last = smtp.Tried.Count;
        server.Time.Advance(TimeSpan.FromDays(1));
        smtp.Rcpt = _ => "250 ok";
        await server.SignUpAsync("bob@example.org");
        await smtp.MailAsync("bob@example.org");
        Assert.Equal(last + 1, smtp.Tried.Count);
    }
}
