namespace TelemetryKit.Api.Tests.Server;

/// <summary>Waits for what comes by itself.</summary>
public static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, double seconds = 20)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline).TotalSeconds < seconds, $"After {seconds} s still not: {what}.");
            await Task.Delay(20);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, double seconds = 20) => TrueAsync(() => Task.FromResult(condition()), what, seconds);
}
