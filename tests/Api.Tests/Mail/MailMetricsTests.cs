using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Mail;

// Instruments are shared by the process.
[Collection(nameof(Alone))]
public class MailMetricsTests
{
    private const string Line = "^telemetrykit_mail_(failures|given_up)_total\\{[^}]*\\breason=\"(\\w+)\"[^}]*\\} (\\d+)";

    [Fact]
    public async Task Failures_and_mails_that_are_given_up_are_counted_by_reason()
    {
        await using var smtp = new ScriptedSmtp
        {
            Rcpt = recipient => recipient.Split('@')[0] switch
            {
                "nosuch" => "550 no such user",
                "later" => "451 later",
                "drop" => ScriptedSmtp.Drop,
                _ => "250 ok",
            },
        };
        await using var server = await MailServer.StartAsync(smtp);
        var before = await ScrapeAsync(server);
        foreach (var local in (string[])["nosuch", "later", "drop", "josé"])
            await server.SignUpAsync($"{local}@example.org");
        const string GivenUp = "given_up refused 1, given_up utf8_unsupported 1";
        const string Failed = "failures deferred 1, failures interrupted 1";
        await Eventually.TrueAsync(async () => Grown(before, await ScrapeAsync(server)) == $"{Failed}, {GivenUp}", "they are counted");

        server.Time.Advance(TimeSpan.FromDays(2));
        await Eventually.TrueAsync(
            async () => Grown(before, await ScrapeAsync(server)) == $"{Failed}, given_up expired 2, {GivenUp}", "they expire");
        Assert.Equal(new(0, 0), await server.Accounts.Mails.CountAsync(default));
        Assert.DoesNotContain("example.org", await server.Server.Client.GetStringAsync("/metrics"));
        Assert.All(server.Server.Logs.Lines, line => Assert.DoesNotMatch("(?i)example\\.org|no such user", line));
    }

    [Fact]
    public async Task A_request_for_too_many_mails_has_the_same_response()
    {
        await using var smtp = new ScriptedSmtp { Rcpt = _ => "451 later" };
        await using var server = await MailServer.StartAsync(smtp);
        var before = await ScrapeAsync(server);
        using var person = server.NewPerson();
        for (var i = 0; i < Limits.WaitingMailsPerAddress; i++)
            await server.AddAsync(person.Email);
        for (var i = 0; i < 2; i++)
            await server.SignUpAsync(person.Email);

        // The exporter caches a scrape for a moment.
        await Eventually.TrueAsync(
            async () => Grown(before, await ScrapeAsync(server)).Contains("given_up address_full 2", StringComparison.Ordinal),
            "the surplus mails are counted");
        Assert.Equal(Limits.WaitingMailsPerAddress, (await server.Accounts.Mails.CountAsync(default)).All);
    }

    private static async Task<Dictionary<string, long>> ScrapeAsync(MailServer server) =>
        Regex.Matches(await server.Server.Client.GetStringAsync("/metrics"), Line, RegexOptions.Multiline)
            .ToDictionary(match => $"{match.Groups[1].Value} {match.Groups[2].Value}", match => long.Parse(match.Groups[3].Value));

    private static string Grown(Dictionary<string, long> before, Dictionary<string, long> after) =>
        string.Join(", ", after.Select(one => (one.Key, Count: one.Value - before.GetValueOrDefault(one.Key)))
            .Where(one => one.Count > 0).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Count}"));
}
