using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Parses parameters such as <c>items[0][price]=…</c> into JSON. All values are texts.</summary>
internal static class StripeForm
{
    /// <summary>Parses a query or a form body.</summary>
    public static JsonObject Parse(string text)
    {
        JsonObject root = [];
        foreach (var pair in text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var name = Uri.UnescapeDataString(parts[0].Replace('+', ' '));
            var value = parts.Length == 2 ? Uri.UnescapeDataString(parts[1].Replace('+', ' ')) : "";
            Add(root, name.Replace("]", "", StringComparison.Ordinal).Split('['), value);
        }

        return (JsonObject)WithArrays(root);
    }

    private static void Add(JsonObject root, string[] path, string value)
    {
        var target = root;
        foreach (var step in path[..^1])
        {
            var name = step.Length == 0 ? Count(target) : step;
            if (target[name] is not JsonObject child)
                target[name] = child = [];
            target = child;
        }

        target[path[^1].Length == 0 ? Count(target) : path[^1]] = value;
    }

    private static string Count(JsonObject o) => o.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonNode WithArrays(JsonObject o)
    {
        var children = o.Select(pair => (pair.Key, Value: pair.Value is JsonObject child ? WithArrays(child) : pair.Value!.DeepClone()))
            .ToList();
        return children.Count > 0 && children.TrueForAll(child => child.Key.All(char.IsAsciiDigit))
            ? new JsonArray([.. children.Select(child => child.Value)])
            : new JsonObject(children.Select(child => KeyValuePair.Create(child.Key, (JsonNode?)child.Value)));
    }
}
