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
                await WaitAsync(time, () => smtp.Tried.Count >= 5, "all mails were tried");
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
            await WaitAsync(time, () => smtp.Tried.Count >= 30, "all mails were tried");
        }

        smtp.Rcpt = _ => "250 ok";
        await using var one = await MailServer.StartAsync(smtp, postgres: postgres, time: time);
        await using var other = await MailServer.StartAsync(smtp, postgres: postgres, time: time);
        await ArriveAsync(smtp, time, 30);
        Assert.Equal(30, smtp.Mails.Select(mail => mail.To).Distinct().Count());
        Assert.Equal(30, smtp.Mails.Count);
    }

    // The mails are due 15 seconds after their first attempt.
    private static Task ArriveAsync(ScriptedSmtp smtp, SteppedTime time, int mails)
    {
        for (var second = 0; second < 15; second++)
            time.Advance(TimeSpan.FromSeconds(1));
        return WaitAsync(time, () => smtp.Mails.Count >= mails, "all mails arrive");
    }

    // On a slow machine a connection may fail, and the next attempt waits for the clock. The clock is slow, too, because a mail whose lease
    // ends while it is being sent is sent twice.
    private static Task WaitAsync(SteppedTime time, Func<bool> condition, string what)
    {
        var moved = TimeProvider.System.GetTimestamp();
        return Eventually.TrueAsync(
            () =>
            {
                if (TimeProvider.System.GetElapsedTime(moved) > TimeSpan.FromMilliseconds(500))
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                    moved = TimeProvider.System.GetTimestamp();
                }

                return condition();
            },
            what);
    }
}
