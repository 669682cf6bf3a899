using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Mail;

/// <summary>A mail that was promised by a 202 arrives, whatever becomes of the process.</summary>
public class MailDurabilityTests
{
    [Theory]
    [InlineData("451 later")]
    [InlineData(ScriptedSmtp.Drop)]
    [InlineData(ScriptedSmtp.Hang)]
    public async Task Mails_that_wait_survive_a_restart(string reply)
    {
        var folder = Directory.CreateTempSubdirectory("telemetrykit-mails-").FullName;
        try
        {
            await using var smtp = new ScriptedSmtp { Rcpt = _ => reply };
            var time = new SteppedTime();
            await using (var first = await MailServer.StartAsync(smtp, folder, time: time))
            {
                for (var i = 0; i < 5; i++)
                    await first.SignUpAsync($"ann{i}@example.org");
                await smtp.TriedAsync(5);
            }

            smtp.Rcpt = _ => "250 ok";
            await using var second = await MailServer.StartAsync(smtp, folder, time: time);
            await ArriveAsync(smtp, time, 5);
            var arrived = smtp.Mails.Select(mail => mail.To).Order(StringComparer.Ordinal);
            Assert.Equal(Enumerable.Range(0, 5).Select(i => $"ann{i}@example.org"), arrived);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Replicas_share_the_mails_and_each_arrives_once()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        var postgres = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var smtp = new ScriptedSmtp { Rcpt = _ => "451 later" };
        var time = new SteppedTime();
        await using (var first = await MailServer.StartAsync(smtp, postgres: postgres, time: time))
        {
            for (var i = 0; i < 30; i++)
                await first.AddAsync($"ann{i}@example.org");
            await smtp.TriedAsync(30);
        }

        smtp.Rcpt = _ => "250 ok";
        await using var one = await MailServer.StartAsync(smtp, postgres: postgres, time: time);
        await using var other = await MailServer.StartAsync(smtp, postgres: postgres, time: time);
        await ArriveAsync(smtp, time, 30);
        Assert.Equal(30, smtp.Mails.Select(mail => mail.To).Distinct().Count());
        Assert.Equal(30, smtp.Mails.Count);
    }

    // The mails are due 15 seconds after their first attempt. From then on the clock is slow, because a mail whose lease ends while it is
    // being sent is sent twice.
    private static async Task ArriveAsync(ScriptedSmtp smtp, SteppedTime time, int mails)
    {
        for (var second = 0; second < 15; second++)
            time.Advance(TimeSpan.FromSeconds(1));
        var moved = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            () =>
            {
                if (TimeProvider.System.GetElapsedTime(moved) > TimeSpan.FromMilliseconds(500))
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    moved = TimeProvider.System.GetTimestamp();
                }

                return smtp.Mails.Count >= mails;
            },
            "all mails arrive");
    }
}
