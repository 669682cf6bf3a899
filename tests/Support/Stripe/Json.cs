using System.Globalization;
using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>Reads JSON objects.</summary>
internal static class Json
{
    /// <summary>Returns a text or a number as text, or <c>null</c>.</summary>
    public static string? Text(this JsonObject o, string name) => o[name]?.ToString();

    /// <summary>Returns a number, or <c>null</c>.</summary>
    public static long? Number(this JsonObject o, string name) =>
        o[name] is JsonValue value && long.TryParse(value.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number : null;

    /// <summary>Returns a decimal number, or <c>null</c>.</summary>
    public static decimal? Decimal(this JsonObject o, string name) =>
        o[name] is JsonValue value
        && decimal.TryParse(value.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Returns whether a property is true.</summary>
    public static bool Flag(this JsonObject o, string name) => o[name]?.ToString() == "true";

    /// <summary>Returns an object, or <c>null</c>.</summary>
    public static JsonObject? Object(this JsonObject o, string name) => o[name] as JsonObject;

    /// <summary>Returns the objects of an array or of a list of Stripe.</summary>
    public static List<JsonObject> Objects(this JsonObject o, string name) =>
        [.. ((o[name] as JsonArray ?? o[name]?["data"] as JsonArray) ?? []).OfType<JsonObject>()];

    /// <summary>Returns the texts of an array.</summary>
    public static List<string> Texts(this JsonObject o, string name) =>
        o[name] is JsonArray array ? [.. array.Select(one => one!.ToString())] : [];

    /// <summary>
    /// Writes the parameters of a request into an object. Texts become flags where the object has one; an empty text clears.
    /// </summary>
    public static void Merge(this JsonObject target, JsonObject parameters)
    {
        foreach (var (name, value) in parameters)
        {
            if (value is JsonObject child && target[name] is JsonObject existing)
                existing.Merge(child);
            else
                target[name] = Convert(value);
        }
    }

    /// <summary>Returns parameters as JSON: flags as flags, and empty texts as <c>null</c>.</summary>
    public static JsonNode? Convert(JsonNode? value) => value switch
    {
        JsonObject o => new JsonObject(o.Select(pair => KeyValuePair.Create(pair.Key, Convert(pair.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Convert)]),
        JsonValue v when v.ToString() is "true" or "false" => v.ToString() == "true",
        JsonValue v when v.ToString().Length == 0 => null,
        _ => value?.DeepClone(),
    };

    /// <summary>Writes metadata: an empty value removes its key.</summary>
    public static void MergeMetadata(this JsonObject target, JsonObject parameters)
    {
        if (parameters["metadata"] is not JsonObject changes)
            return;
        if (target["metadata"] is not JsonObject metadata)
            target["metadata"] = metadata = [];
        foreach (var (name, value) in changes)
        {
            if (value!.ToString().Length == 0)
                metadata.Remove(name);
            else
                metadata[name] = value.ToString();
        }
    }
}
