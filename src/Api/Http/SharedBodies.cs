namespace TelemetryKit.Api.Http;

/// <summary>The token of a link.</summary>
/// <param name="Token">What stands behind <c>#token=</c>.</param>
internal sealed record TokenBody(string? Token);

/// <summary>A name.</summary>
/// <param name="Name">The name.</param>
internal sealed record NameBody(string? Name);

/// <summary>What was deleted.</summary>
/// <param name="Events">Events.</param>
/// <param name="Days">Days of counters.</param>
/// <param name="Installs">Anonymous installs.</param>
/// <param name="Keys">Keys.</param>
internal sealed record RemovedBody(long Events, long Days, long Installs, long Keys)
{
    /// <summary>From what the store says.</summary>
    public static RemovedBody Of(Core.Accounts.Removed removed) => new(removed.Events, removed.Days, removed.Installs, removed.Keys);
}
