using System.Globalization;
using System.Text.Json;
using TelemetryKit.Bench.Support;

namespace TelemetryKit.Bench.Abuse;

/// <summary>
/// Runs each attack against a server of its own: first the honest client alone, then beside the attack. Fails if a request of the honest
/// client was refused, an answer is wrong, or its p95 is more than three times as long.
/// </summary>
internal static class Comparison
{
    private const double MaxRatio = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(int? only, double seconds, StorageKind storage)
    {
        var failed = 0;
        Console.WriteLine("attack          quiet p50     p95  attack p50     p95  ratio p95     refused  right");
        foreach (var attack in Attack.All.Where(attack => only is null || attack.Number == only))
        {
            if (!await RunAsync(attack, TimeSpan.FromSeconds(seconds), storage))
                failed++;
        }

        return failed == 0 ? 0 : 1;
    }

    private static async Task<bool> RunAsync(Attack attack, TimeSpan duration, StorageKind storage)
    {
        await using var server = await TargetServer.StartAsync(storage);
        using var client = new HonestClient(server.Target, attack.OnFree ? server.Target.Free : server.Target.Honest);
        await client.RunAsync(WarmUp);
        var quiet = await client.RunAsync(duration);
        var cpu = server.CpuSeconds;
        using var attacker = await AttackProcess.StartAsync(attack, server.Target, duration.TotalSeconds);
        var attacked = await client.RunAsync(duration);
        cpu = server.CpuSeconds - cpu;
        var statuses = await attacker.StandardOutput.ReadLineAsync();
        await attacker.WaitForExitAsync();
        var wrong = await client.CheckAsync();

        var (ratio, name) = (attacked.P95Ms / quiet.P95Ms, $"{attack.Number} {attack.Name}");
        var refused = string.Create(CultureInfo.InvariantCulture, $"{attacked.Refused}/{attacked.Requests}");
        var right = wrong is null ? "yes" : "no";
        var (before, during) = (quiet, attacked);
        Line($"{name,-14}{before.P50Ms,11:N1}{before.P95Ms,8:N1}{during.P50Ms,12:N1}{during.P95Ms,8:N1}{ratio,11:N2}{refused,12}{right,7}");
        Line($"  CPU of the server {cpu:N1} s; the attacker's responses: {statuses}");
        if (attacked.FirstRefusal is not null)
            Line($"  refused: {attacked.FirstRefusal}");
        if (wrong is not null)
            Line($"  wrong: {wrong}");
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "abuse", attack = attack.Number, attack.Name, quiet_p50_ms = quiet.P50Ms, quiet_p95_ms = quiet.P95Ms,
            attacked_p50_ms = attacked.P50Ms, attacked_p95_ms = attacked.P95Ms, ratio, attacked.Refused, attacked.Requests,
            right = wrong is null, quiet_refused = quiet.Refused, cpu_s = cpu,
        }));
        return attacked.Refused == 0 && quiet.Refused == 0 && wrong is null && ratio <= MaxRatio;
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
