using System.Globalization;
using System.Text.Json;

namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>Generates the batches of a history.</summary>
internal sealed class EventGenerator(Chooser choose, Traits traits, NamePools names)
{
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(30);
    private static readonly double[] OddDurations = [0, 0.001, 0.0015, 1.0 / 128, 1, 1.03124, 9.995, 99.95, 1e3 / 3, 12_345.678, 3e10];

    public SentBatch Batch(DateTimeOffset now, TimeSpan longest)
    {
        var isLarge = Has(Traits.ManySubjects) || Has(Traits.ManyVersions) || Has(Traits.ManyInstalls);
        var events = isLarge && choose.Percent(70) ? choose.Between(500, 1_000)
            : choose.Percent(10) ? choose.Between(0, 200)
            : choose.Between(1, 25);
        var late = Has(Traits.Late) && choose.Percent(40) ? choose.UpTo(Oldest) : choose.UpTo(longest < Oldest ? longest : Oldest);
        var batch = new SentBatch([.. Enumerable.Range(0, events).Select(i => Event(now, late, i))])
        {
            Id = choose.Percent(80) ? choose.Id() : null,
            IsTest = Has(Traits.TestEnvironment) && choose.Percent(30),
            Version = Has(Traits.MissingContext | Traits.ManyVersions) && choose.Percent(30) ? null : choose.Skewed(names.Versions),
            Sdk = Has(Traits.MissingContext) && choose.Percent(30) ? null : choose.Of(names.Sdks),
            Machine = choose.Skewed(names.Machines),
        };
        if (!Has(Traits.OutOfOrder))
            batch = batch with { Events = [.. batch.Events.OrderBy(sent => sent.At ?? now)] };
        return batch;
    }

    private SentEvent Event(DateTimeOffset now, TimeSpan late, int index)
    {
        var type = choose.Skewed(names.Types);
        // Both a name for each event, to exceed bounds, and names with very different numbers of events.
        var subject = Name(names.Subjects, index, Traits.ManySubjects);
        var user = Name(names.Users, index, Traits.ManyInstalls);
        return new SentEvent(Has(Traits.Invalid) && choose.Percent(3) ? "1st" : type)
        {
            Id = choose.Percent(20) ? choose.Id() : null,
            At = Time(now, late),
            Subject = Has(Traits.NoSubject) && choose.Percent(15) ? null : subject,
            User = choose.Percent(5) ? null : user,
            Session = choose.Percent(40) ? "s" + choose.Below(40).ToString(CultureInfo.InvariantCulture) : null,
            Success = Success(type),
            DurationMs = Duration(),
            Version = choose.Percent(Has(Traits.ManyVersions) ? 90 : 5) ? Name(names.Versions, index, Traits.ManyVersions) : null,
            FieldsInMetadata = choose.Percent(15),
            Metadata = Metadata(),
        };
    }

    private string Name(IReadOnlyList<string> from, int index, Traits many) =>
        Has(many) && choose.Percent(60) ? from[index % from.Count] : choose.Skewed(from);

    private DateTimeOffset? Time(DateTimeOffset now, TimeSpan late)
    {
        if (choose.Percent(10))
            return null;
        if (Has(Traits.Invalid) && choose.Percent(4))
            return choose.Percent(50) ? now.AddDays(-31) : now.AddMinutes(11);
        if (Has(Traits.OutOfOrder) && choose.Percent(5))
            return now.AddMinutes(choose.Below(10));
        return now - choose.UpTo(late);
    }

    private bool? Success(string type)
    {
        // Commands carry it, as those of the SDK do.
        if (type == "error" || (Has(Traits.NoSuccess) && choose.Percent(30)))
            return choose.Percent(20) ? choose.Percent(50) : null;
        return type == "command_executed" || choose.Percent(50) ? choose.Percent(80) : null;
    }

    private double? Duration()
    {
        if (!Has(Traits.Durations) || choose.Percent(30))
            return null;
        if (Has(Traits.OddDurations) && choose.Percent(50))
            return choose.Of(OddDurations);
        return Math.Round(Math.Exp(choose.Below(12_000) / 1_000.0), 3);
    }

    private List<KeyValuePair<string, string>> Metadata()
    {
        List<KeyValuePair<string, string>> metadata = [];
        if (!Has(Traits.Metadata))
            return metadata;
        foreach (var key in names.MetadataKeys)
        {
            if (choose.Percent(40))
                metadata.Add(new(key, key switch
                {
                    "exit_code" when choose.Percent(80) => Code(),
                    "arch" => choose.Of((string[])["\"X64\"", "\"x64\""]),
                    _ => Value(),
                }));
        }

        return metadata;
    }

    private string Code() => choose.Below(4).ToString(CultureInfo.InvariantCulture);

    private string Value() => choose.Below(8) switch
    {
        0 => choose.Percent(50) ? "true" : "false",
        1 => choose.Between(-5, 40).ToString(CultureInfo.InvariantCulture),
        2 => "1.5",
        3 => "null",
        4 => "[" + string.Join(',', Enumerable.Range(0, choose.Between(0, 4)).Select(_ => choose.Percent(80) ? Text() : Code())) + "]",
        _ => Text(),
    };

    private string Text() => JsonSerializer.Serialize(choose.Skewed(names.MetadataValues));

    private bool Has(Traits any) => (traits & any) != 0;
}
