using TelemetryKit.Core;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Projects.Contracts;

// The questions between processes. Core doesn't depend on Orleans, so each type has a surrogate. Processes of two versions run at the same
// time during an upgrade: members are added with a new id, an id is never used for another member, and each change takes a new
// RequestVersion.

[GenerateSerializer, Immutable, Alias("query")]
internal struct QueryContract
{
    [Id(0)] public DataEnvironment Environment;
    [Id(1)] public DateOnly From;
    [Id(2)] public DateOnly To;
    [Id(3)] public string? Subject;
    [Id(4)] public Dictionary<string, string>? Aliases;
    [Id(5)] public long Generation;
    [Id(6)] public string? Type;
    [Id(7)] public string? Version;
    [Id(8)] public string? Actor;
    [Id(9)] public List<FilterContract>? Filters;
    [Id(10)] public int Requires;

    public static QueryContract Of(StatsQuery query) => new()
    {
        Environment = query.Environment,
        From = query.From,
        To = query.To,
        Subject = query.Subject,
        Aliases = query.Aliases?.ToDictionary(),
        Generation = query.Generation,
        Type = query.Type,
        Version = query.Version,
        Actor = query.Actor,
        Filters = query.Filters.Count == 0 ? null : [.. query.Filters.Select(FilterContract.Of)],
        Requires = RequestVersion.Current,
    };

    public readonly StatsQuery ToQuery()
    {
        RequestVersion.Check(Requires);
        return new(Environment, From, To)
        {
            Subject = Subject,
            Aliases = Aliases,
            Generation = Generation,
            Type = Type,
            Version = Version,
            Actor = Actor,
            Filters = Filters is null ? [] : [.. Filters.Select(filter => filter.ToFilter())],
        };
    }
}

[GenerateSerializer, Immutable, Alias("filter")]
internal struct FilterContract
{
    [Id(0)] public string Field;
    [Id(1)] public string? Value;
    [Id(2)] public bool Excludes;

    public static FilterContract Of(FieldFilter filter) =>
        new() { Field = filter.Field.Name, Value = filter.Value, Excludes = filter.Excludes };

    public readonly FieldFilter ToFilter() => new(EventField.Of(Field), Value) { Excludes = Excludes };
}

[GenerateSerializer, Immutable, Alias("days")]
internal struct DaysContract
{
    [Id(0)] public DateOnly From;
    [Id(1)] public DateOnly To;

    public static DaysContract Of(DayRange range) => new() { From = range.From, To = range.To };

    public static DaysContract? OfOptional(DayRange? range) => range is null ? null : Of(range);

    public readonly DayRange ToRange() => new(From, To);
}

[GenerateSerializer, Immutable, Alias("overview-question")]
internal struct OverviewQuestionContract
{
    [Id(0)] public QueryContract Query;
    [Id(1)] public DaysContract Compared;
}

[GenerateSerializer, Immutable, Alias("top-question")]
internal struct TopQuestionContract
{
    [Id(0)] public QueryContract Query;
    [Id(1)] public string By;
    [Id(2)] public int Limit;
    [Id(3)] public DaysContract? Compared;
    [Id(4)] public bool Combinations;
    [Id(5)] public bool Unused;
    [Id(6)] public VersionGroup Group;
}

[GenerateSerializer, Immutable, Alias("series-question")]
internal struct SeriesQuestionContract
{
    [Id(0)] public QueryContract Query;
    [Id(1)] public SeriesInterval Interval;
    [Id(2)] public string? By;
    [Id(3)] public int Limit;
    [Id(4)] public VersionGroup Group;
}

[GenerateSerializer, Immutable, Alias("users-question")]
internal struct UsersQuestionContract
{
    [Id(0)] public QueryContract Query;
}

[RegisterConverter]
internal sealed class OverviewQuestionConverter : IConverter<OverviewQuestion, OverviewQuestionContract>
{
    public OverviewQuestion ConvertFromSurrogate(in OverviewQuestionContract surrogate) =>
        new(surrogate.Query.ToQuery()) { Compared = surrogate.Compared.ToRange() };

    public OverviewQuestionContract ConvertToSurrogate(in OverviewQuestion value) =>
        new() { Query = QueryContract.Of(value.Query), Compared = DaysContract.Of(value.Compared) };
}

[RegisterConverter]
internal sealed class TopQuestionConverter : IConverter<TopQuestion, TopQuestionContract>
{
    public TopQuestion ConvertFromSurrogate(in TopQuestionContract surrogate) => new(
        surrogate.Query.ToQuery(),
        Dimension.TryParse(surrogate.By, out var by) ? by : throw new NotSupportedException($"{surrogate.By} is not a dimension."),
        surrogate.Limit)
    {
        Compared = surrogate.Compared?.ToRange(),
        Combinations = surrogate.Combinations,
        Unused = surrogate.Unused,
        Group = surrogate.Group,
    };

    public TopQuestionContract ConvertToSurrogate(in TopQuestion value) => new()
    {
        Query = QueryContract.Of(value.Query),
        By = value.By.Name,
        Limit = value.Limit,
        Compared = DaysContract.OfOptional(value.Compared),
        Combinations = value.Combinations,
        Unused = value.Unused,
        Group = value.Group,
    };
}

[RegisterConverter]
internal sealed class SeriesQuestionConverter : IConverter<SeriesQuestion, SeriesQuestionContract>
{
    public SeriesQuestion ConvertFromSurrogate(in SeriesQuestionContract surrogate) =>
        new(surrogate.Query.ToQuery(), surrogate.Interval)
        {
            By = surrogate.By is { } by ? EventField.Of(by) : null, Limit = surrogate.Limit, Group = surrogate.Group,
        };

    public SeriesQuestionContract ConvertToSurrogate(in SeriesQuestion value) => new()
    {
        Query = QueryContract.Of(value.Query),
        Interval = value.Interval,
        By = value.By?.Name,
        Limit = value.Limit,
        Group = value.Group,
    };
}

[RegisterConverter]
internal sealed class UsersQuestionConverter : IConverter<UsersQuestion, UsersQuestionContract>
{
    public UsersQuestion ConvertFromSurrogate(in UsersQuestionContract surrogate) => new(surrogate.Query.ToQuery());

    public UsersQuestionContract ConvertToSurrogate(in UsersQuestion value) => new() { Query = QueryContract.Of(value.Query) };
}
