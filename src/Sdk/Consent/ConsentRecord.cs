using System.Globalization;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Consent;

/// <summary>The user's decision, as it is stored in <c>~/.telemetry-kit/SERVICE-consent.json</c>.</summary>
internal sealed class ConsentRecord(string decision, IReadOnlyList<string> agreedTo)
{
    public const string Granted = "granted";
    public const string Denied = "denied";

    /// <summary>The notice of <see cref="ConsentMode.OptOut"/> was shown, and the user has not opted out.</summary>
    public const string Noticed = "noticed";

    public string Decision => decision;

    /// <summary>The lines that described what is collected when the user decided.</summary>
    public IReadOnlyList<string> AgreedTo => agreedTo;

    /// <summary>Whether the decision covers everything that is collected now.</summary>
    public bool Covers(IEnumerable<string> collected)
    {
        foreach (var line in collected)
        {
            var known = false;
            foreach (var agreed in agreedTo)
                known |= agreed == line;
            if (!known)
                return false;
        }

        return true;
    }

    /// <summary>Reads the decision. Returns null if there is none or it cannot be read.</summary>
    public static ConsentRecord? TryRead(string path)
    {
        if (PrivateFiles.TryReadAllText(path) is not { } text)
            return null;
        if (JsonReader.TryReadObject(text) is not { } members)
            return null;
        if (!members.TryGetValue("consent", out var decision) || decision is not (Granted or Denied or Noticed))
            return null;
        var lines = new List<string>();
        if (members.TryGetValue("agreed_to", out var agreed) && agreed is List<object?> items)
        {
            foreach (var item in items)
            {
                if (item is string line)
                    lines.Add(line);
            }
        }

        return new((string)decision, lines);
    }

    /// <summary>Stores the decision.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Write(string path, string serviceName, DateTimeOffset now)
    {
        var json = new Utf8Buffer();
        json.Ascii("{\n  \"service\": ");
        json.String(serviceName);
        json.Ascii(",\n  \"consent\": ");
        json.String(decision);
        json.Ascii(",\n  \"decided_at\": ");
        json.Time(now.UtcTicks);
        json.Ascii(",\n  \"agreed_to_version\": ");
        json.String(Version(agreedTo));
        json.Ascii(",\n  \"agreed_to\": [");
        for (var i = 0; i < agreedTo.Count; i++)
        {
            json.Ascii(i == 0 ? "\n    " : ",\n    ");
            json.String(agreedTo[i]);
        }

        json.Ascii("\n  ]\n}\n");
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        PrivateFiles.WriteAllText(path, json.ToString());
    }

    /// <summary>A short hash of the lines that were agreed to, with their number. It does not depend on the machine.</summary>
    public static string Version(IReadOnlyList<string> lines)
    {
        var text = new Utf8Buffer();
        foreach (var line in lines)
            text.String(line);
        var hash = Queue.Checksum.Of(text.Bytes, 0, text.Length);
        return hash.ToString("x16", CultureInfo.InvariantCulture).Substring(0, 8) + "."
            + lines.Count.ToString(CultureInfo.InvariantCulture);
    }
}
