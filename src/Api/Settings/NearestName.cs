namespace TelemetryKit.Api.Settings;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    // More edits would suggest a name that has little in common.
    private const int MaxEdits = 4;

    /// <summary>Returns the known name with the fewest edits (Levenshtein distance), or <c>null</c> if each needs more than four.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (Name: candidate, Edits: Edits(name.ToUpperInvariant(), candidate)))
            .MinBy(candidate => candidate.Edits);
        return nearest.Edits <= MaxEdits ? nearest.Name : null;
    }

    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
