using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Stats;

/// <summary>Sends events that happened hours ago, and expects a live view to show them when they arrive.</summary>
internal static class OfflineQueue
{
    /// <summary>Sends an event of now, one that happened hours ago, and another one of now, and reads all three from the view.</summary>
    public static async Task IsShownAsync(TestProject sender, LiveClient view, int hours)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (name, at) in ((string, DateTimeOffset)[])[("first", now), ("old", now.AddHours(-hours)), ("last", now)])
        {
            await sender.SendAsync($$$"""{"events":[{"event_type":"x","timestamp":"{{{at:O}}}","metadata":{"name":"{{{name}}}"} }]}""");
            var shown = await view.NextAsync();
            Assert.Equal(name, (string?)shown.Data["subject"]);
            Assert.Equal(at, (DateTimeOffset)shown.Data["timestamp"]!, TimeSpan.FromMilliseconds(1));
        }
    }
}
