using System.Globalization;
using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>The objects of the fake, as JSON. Names that begin with an underscore are state that responses don't have.</summary>
internal sealed class StripeStore(Func<DateTimeOffset> clock, Action<JsonObject> send)
{
    private readonly Dictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<JsonObject>> _kinds = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>The current time, in whole seconds. While due work is done, the time at which it was due.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(clock().ToUnixTimeSeconds());

    /// <summary>The current time in seconds.</summary>
    public long Seconds => Now.ToUnixTimeSeconds();

    /// <summary>Creates an object and adds it.</summary>
    public JsonObject Add(string name, string prefix, string? id = null)
    {
        var o = Shapes.New(name);
        o["id"] = id ?? NewId(prefix);
        if (o.ContainsKey("created"))
            o["created"] = Seconds;
        if (o.ContainsKey("updated"))
            o["updated"] = Seconds;
        Add(o);
        return o;
    }

    /// <summary>Adds an object.</summary>
    public void Add(JsonObject o)
    {
        _objects.Add(o.Text("id")!, o);
        var kind = o.Text("object")!;
        if (!_kinds.TryGetValue(kind, out var all))
            _kinds[kind] = all = [];
        all.Add(o);
    }

    /// <summary>Returns a new id.</summary>
    public string NewId(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}_fake{++_sequence:D6}");

    /// <summary>Finds an object.</summary>
    public JsonObject? Find(string? id) => id is not null && _objects.TryGetValue(id, out var o) ? o : null;

    /// <summary>Returns an object of a kind.</summary>
    /// <exception cref="StripeFault">There is none.</exception>
    public JsonObject Get(string kind, string? id) =>
        Find(id) is { } o && o.Text("object") == kind ? o : throw StripeFault.Missing(kind, id ?? "");

    /// <summary>Returns all objects of a kind, oldest first.</summary>
    public IReadOnlyList<JsonObject> All(string kind) => _kinds.TryGetValue(kind, out var all) ? [.. all] : [];

    /// <summary>Removes an object.</summary>
    public void Remove(string id)
    {
        if (_objects.Remove(id, out var o))
            _kinds[o.Text("object")!].Remove(o);
    }

    /// <summary>Sends an event about an object to all webhooks.</summary>
    public void Emit(string type, JsonObject about) => send(new JsonObject
    {
        ["id"] = NewId("evt"), ["object"] = "event", ["api_version"] = FakeStripe.ApiVersion, ["created"] = Seconds, ["livemode"] = false,
        ["pending_webhooks"] = 1, ["request"] = new JsonObject { ["id"] = null, ["idempotency_key"] = null }, ["type"] = type,
        ["data"] = new JsonObject { ["object"] = Render(about) },
    });

    /// <summary>Sends a thin event of version 2.</summary>
    public void EmitThin(string type) => send(new JsonObject
    {
        ["id"] = NewId("evt"), ["object"] = "v2.core.event", ["type"] = type, ["livemode"] = false, ["context"] = null,
        ["created"] = Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    });

    /// <summary>Returns an object as a response has it.</summary>
    /// <param name="o">The object.</param>
    /// <param name="expand">Paths of ids that are replaced by their objects.</param>
    public JsonObject Render(JsonObject o, IReadOnlyCollection<string>? expand = null)
    {
        var copy = (JsonObject)Clean(o)!;
        foreach (var path in expand ?? [])
            Expand(copy, path.Split('.'));
        return copy;
    }

    /// <summary>Returns a page of a list.</summary>
    public JsonObject List(IEnumerable<JsonObject> newestLast, JsonObject parameters, string url)
    {
        var limit = (int)(parameters.Number("limit") ?? 10);
        if (limit is < 1 or > 100)
            throw StripeFault.Invalid("limit is from 1 to 100", "limit");
        var rest = newestLast.Reverse();
        if (parameters.Text("starting_after") is { } after)
            rest = rest.SkipWhile(o => o.Text("id") != after).Skip(1);
        var page = rest.Take(limit + 1).ToList();
        var list = new JsonObject
        {
            ["object"] = "list", ["url"] = url, ["has_more"] = page.Count > limit,
            ["data"] = new JsonArray([.. page.Take(limit).Select(o => Clean(o))]),
        };
        foreach (var path in parameters.Texts("expand"))
            Expand(list, path.Split('.'));
        return list;
    }

    private void Expand(JsonNode? node, ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
            return;
        if (node is JsonArray array)
        {
            foreach (var child in array)
                Expand(child, path);
        }
        else if (node is JsonObject o)
        {
            if (o[path[0]] is JsonValue id && Find(id.ToString()) is { } found)
                o[path[0]] = Clean(found);
            Expand(o[path[0]], path[1..]);
        }
    }

    private static JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Where(pair => pair.Key[0] != '_')
            .Select(pair => KeyValuePair.Create(pair.Key, Clean(pair.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Clean)]),
        _ => node?.DeepClone(),
    };
}
