using System.Globalization;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// What was sent, by day and type of event, for the user: a line <c>day type number</c> for each, in the private folder of the tool. It
/// contains no event.
/// </summary>
/// <param name="folder">The folder of a backend's queue.</param>
/// <param name="clock">The clock.</param>
internal sealed class SentLedger(string folder, Clock clock)
{
    public const string FileName = "ledger";
    public const string Other = "other";

    private const string DayFormat = "yyyy-MM-dd";
    private const int Days = 30;

    /// <summary>The number of types of a day. Further ones are counted as <see cref="Other"/>, so the file stays below 100 KB.</summary>
    private const int MaxTypes = 32;

    private readonly string _path = Path.Combine(folder, FileName);

    /// <summary>Adds the events of a batch to those of today (UTC).</summary>
    /// <exception cref="IOException">The file cannot be written, or other processes have locked it for a second.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Add(TelemetryBatch batch)
    {
        if (batch.Count == 0)
            return;
        PrivateFiles.CreateDirectory(folder);
        using var alone = FileLock.Wait(_path);
        var entries = Read();
        var today = clock.UtcNow.UtcDateTime.Date;
        foreach (var type in batch.EventTypes())
            Count(entries, today, type);
        PrivateFiles.WriteAllText(_path, string.Concat(entries.ConvertAll(entry => entry.Line)));
    }

    /// <summary>Returns the entries of the last 30 days, in order.</summary>
    public List<SentEntry> Read()
    {
        var entries = new List<SentEntry>();
        SmallFile.TryRead(_path, out var text);
        var today = clock.UtcNow.UtcDateTime.Date;
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(' ');
            // A day in the future is from before the clock was set back.
            if (parts.Length == 3
                && DateTime.TryParseExact(parts[0], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                && day > today.AddDays(-Days) && day <= today.AddDays(1)
                && parts[1].Length is > 0 and <= Limits.KeyLength
                && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var events))
                entries.Add(new(day, parts[1], events));
        }

        entries.Sort((left, right) =>
            left.Day != right.Day ? left.Day.CompareTo(right.Day) : string.CompareOrdinal(left.Type, right.Type));
        return entries;
    }

    /// <summary>Deletes the ledger.</summary>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not delete the file.</exception>
    public void Delete()
    {
        if (!File.Exists(_path))
            return;
        using (FileLock.Wait(_path))
            File.Delete(_path);
    }

    private static void Count(List<SentEntry> entries, DateTime today, string type)
    {
        var types = 0;
        foreach (var entry in entries)
        {
            if (entry.Day != today)
                continue;
            types++;
            if (entry.Type == type)
            {
                entry.Events++;
                return;
            }
        }

        if (types >= MaxTypes - 1 && type != Other)
            Count(entries, today, Other);
        else
            entries.Add(new(today, type, 1));
    }

    internal sealed class SentEntry(DateTime day, string type, long events)
    {
        public DateTime Day => day;

        public string Type => type;

        public long Events { get; set; } = events;

        public string Line => string.Join(
            " ", day.ToString(DayFormat, CultureInfo.InvariantCulture), type, Events.ToString(CultureInfo.InvariantCulture)) + "\n";
    }
}
