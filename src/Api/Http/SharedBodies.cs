namespace TelemetryKit.Api.Http;

/// <summary>The token of a link.</summary>
/// <param name="Token">The part of the link after <c>#token=</c>.</param>
internal sealed record TokenBody(string? Token);

/// <summary>A name.</summary>
/// <param name="Name">The name.</param>
internal sealed record NameBody(string? Name);

/// <summary>The amount of deleted data.</summary>
/// <param name="Events">The number of events.</param>
/// <param name="Days">The number of days with counters.</param>
/// <param name="Installs">The number of anonymous installs.</param>
/// <param name="Keys">The number of keys.</param>
internal sealed record RemovedBody(long Events, long Days, long Installs, long Keys)
{
    /// <summary>Creates the body from the store's result.</summary>
    public static RemovedBody Of(Core.Accounts.Removed removed) => new(removed.Events, removed.Days, removed.Installs, removed.Keys);
}
