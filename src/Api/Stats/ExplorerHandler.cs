using System.Globalization;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Stats;

/// <summary>Handler of the explorer, which lists stored events.</summary>
internal static class ExplorerHandler
{
    private const int DefaultPage = 100;
    private const int HashDigits = 16;

    public static readonly QueryParameter User = new("user", "Filters by install: the 16 hexadecimal digits in user of an event.")
    {
        Maximum = HashDigits,
    };

    public static readonly QueryParameter CursorText = new("cursor", "The next_cursor of the previous page.") { Maximum = 64 };

    public static readonly QueryParameters Parameters =
        new([.. StatsParameters.Common, .. StatsParameters.Filters, User, StatsParameters.Limit, CursorText]);

    public static async Task<IResult> HandleAsync(HttpContext http, IStore store, TimeProvider time)
    {
        var reader = new QueryReader(http.Request.Query, Parameters);
        var filter = reader.ReadFiltered(time.Today()).For(http.ReadProject());
        var query = ReadEvents(reader, filter, http.ReadProject().Ref.ProjectId) with
        {
            Limit = reader.Number(StatsParameters.Limit) ?? DefaultPage,
        };
        if (reader.Problem is { } problem)
            return problem;

        var page = await store.Events.ReadPageAsync(query, filter, http.RequestAborted);
        var items = new EventItem[page.Events.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = EventItem.Of(page.Events, i).Named(filter);
        return TypedResults.Json(new EventsBody(items, page.Next is { } next ? Cursor.Write(next) : null), StatsJson.Wire.EventsBody);
    }

    /// <summary>Reads the remaining parameters of a list of events. If the reader has faults, the query must not be used.</summary>
    public static EventQuery ReadEvents(QueryReader reader, StatsQuery filter, Guid projectId) =>
        EventPages.QueryOf(filter, projectId) with { Install = ReadUser(reader), After = ReadCursor(reader) };

    private static long? ReadUser(QueryReader reader)
    {
        if (reader.Text(User) is not { } text)
            return null;
        if (text.Length == HashDigits && long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash))
            return hash;
        reader.Fault(User, $"It must be {HashDigits} hexadecimal digits.");
        return null;
    }

    private static EventCursor? ReadCursor(QueryReader reader)
    {
        if (reader.Text(CursorText) is not { } text)
            return null;
        if (Cursor.Read(text) is { } cursor)
            return cursor;
        reader.Fault(CursorText, "It must be the next_cursor of a page.");
        return null;
    }
}
