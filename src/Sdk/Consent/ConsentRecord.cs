using System.Globalization;
using System.Text;
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

    /// <summary>There is a file, but no decision that can be read. It may have been a no.</summary>
    public const string Unreadable = "unreadable";

    public string Decision => decision;

    /// <summary>Whether the decision is a no, which nothing overrides.</summary>
    public bool Forbids => decision is Denied or Unreadable;

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

    /// <summary>Reads the decision. Returns null if there is none.</summary>
    public static ConsentRecord? TryRead(string path)
    {
        var content = SmallFile.TryRead(path, out var text);
        if (content == FileContent.Missing)
            return null;
        // With two decisions, nobody knows which one is meant.
        if (JsonReader.TryReadObject(text, mayRepeat: false) is not { } members
            || !members.TryGetValue("consent", out var decision) || decision is not (Granted or Denied or Noticed))
            return new(Unreadable, []);
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
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        PrivateFiles.WriteAllText(path, Json(serviceName, now));
    }

    /// <summary>
    /// Overwrites an existing decision in place, for a no for which no new file can be created: the disk is full, or the folder is
    /// read-only. A file that is only emptied is a no as well.
    /// </summary>
    /// <exception cref="IOException">The file does not exist or cannot be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Overwrite(string path, string serviceName, DateTimeOffset now)
    {
        using var stream = new FileStream(path, FileMode.Truncate, FileAccess.Write);
        try
        {
            var json = Encoding.UTF8.GetBytes(Json(serviceName, now));
            stream.Write(json, 0, json.Length);
            stream.Flush();
        }
        catch (IOException)
        {
            // The disk is full. What matters is that the yes is gone.
        }
    }

    private string Json(string serviceName, DateTimeOffset now)
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
        return json.ToString();
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
