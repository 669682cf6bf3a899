using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;

namespace TelemetryKit.Grains.Projects.Contracts;

// The answers between processes. Members are added with a new id, which an older process ignores; an id is never used for another member.

[GenerateSerializer, Immutable, Alias("accuracy")]
internal struct AccuracyContract
{
    [Id(0)] public AccuracyKind Kind;
    [Id(1)] public double? RelativeError;
    [Id(2)] public long? UnlistedMax;

    public static AccuracyContract Of(Accuracy accuracy) =>
        new() { Kind = accuracy.Kind, RelativeError = accuracy.RelativeError, UnlistedMax = accuracy.UnlistedMax };

    public readonly Accuracy ToAccuracy() => new(Kind) { RelativeError = RelativeError, UnlistedMax = UnlistedMax };
}

[GenerateSerializer, Immutable, Alias("figures")]
internal struct FiguresContract
{
    [Id(0)] public DaysContract Range;
    [Id(1)] public long? Events;
    [Id(2)] public long? Installs;
    [Id(3)] public long? NewInstalls;
    [Id(4)] public long? Sessions;
    [Id(5)] public long? Failures;
    [Id(6)] public double? SuccessRate;
    [Id(7)] public long? Errors;
    [Id(8)] public long? EventsMax;
    [Id(9)] public double? P50Ms;

    public static FiguresContract Of(Figures figures) => new()
    {
        Range = DaysContract.Of(figures.Range),
        Events = figures.Events,
        Installs = figures.Installs,
        NewInstalls = figures.NewInstalls,
        Sessions = figures.Sessions,
        Failures = figures.Failures,
        SuccessRate = figures.SuccessRate,
        Errors = figures.Errors,
        EventsMax = figures.EventsMax,
        P50Ms = figures.P50Ms,
    };

    public readonly Figures ToFigures() => new(Range.ToRange(), Events, Installs, NewInstalls, Sessions, Failures, SuccessRate)
    {
        Errors = Errors, EventsMax = EventsMax, P50Ms = P50Ms,
    };
}

[GenerateSerializer, Immutable, Alias("overview-answer")]
internal struct OverviewAnswerContract
{
    [Id(0)] public FiguresContract Current;
    [Id(1)] public FiguresContract Previous;
    [Id(2)] public AccuracyContract Accuracy;
}

[GenerateSerializer, Immutable, Alias("top-item")]
internal struct TopItemContract
{
    [Id(0)] public string Value;
    [Id(1)] public long Events;
    [Id(2)] public long? Installs;
    [Id(3)] public long? Failures;
    [Id(4)] public double? SuccessRate;
    [Id(5)] public double? P50Ms;
    [Id(6)] public double? P95Ms;
    [Id(7)] public DateTimeOffset FirstSeen;
    [Id(8)] public DateTimeOffset LastSeen;
    [Id(9)] public long? Errors;
    [Id(10)] public long? EventsMax;
    [Id(11)] public long? ComparedEvents;
    [Id(12)] public long? ComparedInstalls;
    [Id(13)] public long? ComparedFailures;
    [Id(14)] public double? ComparedSuccessRate;
    [Id(15)] public double? ComparedP50Ms;
    [Id(16)] public double? ComparedP95Ms;

    public static TopItemContract Of(TopItem item) => new()
    {
        Value = item.Value,
        Events = item.Events,
        Installs = item.Installs,
        Failures = item.Failures,
        SuccessRate = item.SuccessRate,
        P50Ms = item.P50Ms,
        P95Ms = item.P95Ms,
        FirstSeen = item.FirstSeen,
        LastSeen = item.LastSeen,
        Errors = item.Errors,
        EventsMax = item.EventsMax,
        ComparedEvents = item.ComparedEvents,
        ComparedInstalls = item.ComparedInstalls,
        ComparedFailures = item.ComparedFailures,
        ComparedSuccessRate = item.ComparedSuccessRate,
        ComparedP50Ms = item.ComparedP50Ms,
        ComparedP95Ms = item.ComparedP95Ms,
    };

    public readonly TopItem ToItem() => new(Value, Events, Installs, Failures, SuccessRate, P50Ms, P95Ms, FirstSeen, LastSeen)
    {
        Errors = Errors,
        EventsMax = EventsMax,
        ComparedEvents = ComparedEvents,
        ComparedInstalls = ComparedInstalls,
        ComparedFailures = ComparedFailures,
        ComparedSuccessRate = ComparedSuccessRate,
        ComparedP50Ms = ComparedP50Ms,
        ComparedP95Ms = ComparedP95Ms,
    };
}

[GenerateSerializer, Immutable, Alias("top-answer")]
internal struct TopAnswerContract
{
    [Id(0)] public string By;
    [Id(1)] public long? Total;
    [Id(2)] public long? Other;
    [Id(3)] public TopItemContract[] Items;
    [Id(4)] public AccuracyContract Accuracy;
}

[GenerateSerializer, Immutable, Alias("series-value")]
internal struct SeriesValueContract
{
    [Id(0)] public string Value;
    [Id(1)] public long Events;
    [Id(2)] public long? Installs;
    [Id(3)] public long Failures;

    public static SeriesValueContract Of(SeriesValue value) =>
        new() { Value = value.Value, Events = value.Events, Installs = value.Installs, Failures = value.Failures };

    public readonly SeriesValue ToValue() => new(Value, Events, Installs, Failures);
}

[GenerateSerializer, Immutable, Alias("series-point")]
internal struct SeriesPointContract
{
    [Id(0)] public DateTimeOffset Time;
    [Id(1)] public long? Events;
    [Id(2)] public long? Installs;
    [Id(3)] public long? Failures;
    [Id(4)] public long? EventsMax;
    [Id(5)] public SeriesValueContract[]? Values;
    [Id(6)] public long? Other;

    public static SeriesPointContract Of(SeriesPoint point) => new()
    {
        Time = point.Time,
        Events = point.Events,
        Installs = point.Installs,
        Failures = point.Failures,
        EventsMax = point.EventsMax,
        Values = point.Values is null ? null : [.. point.Values.Select(SeriesValueContract.Of)],
        Other = point.Other,
    };

    public readonly SeriesPoint ToPoint() => new(Time, Events, Installs, Failures)
    {
        EventsMax = EventsMax,
        Values = Values is null ? null : [.. Values.Select(value => value.ToValue())],
        Other = Other,
    };
}

[GenerateSerializer, Immutable, Alias("series-answer")]
internal struct SeriesAnswerContract
{
    [Id(0)] public SeriesInterval Interval;
    [Id(1)] public SeriesPointContract[] Points;
    [Id(2)] public AccuracyContract Accuracy;
}

[GenerateSerializer, Immutable, Alias("users-day")]
internal struct UsersDayContract
{
    [Id(0)] public DateOnly Day;
    [Id(1)] public long? Active;
    [Id(2)] public long? New;
    [Id(3)] public long? Returning;

    public static UsersDayContract Of(UsersDay day) =>
        new() { Day = day.Day, Active = day.Active, New = day.New, Returning = day.Returning };

    public readonly UsersDay ToDay() => new(Day, Active, New, Returning);
}

[GenerateSerializer, Immutable, Alias("users-answer")]
internal struct UsersAnswerContract
{
    [Id(0)] public long? Daily;
    [Id(1)] public long? Weekly;
    [Id(2)] public long? Monthly;
    [Id(3)] public UsersDayContract[] Days;
    [Id(4)] public AccuracyContract Accuracy;
}

[RegisterConverter]
internal sealed class OverviewAnswerConverter : IConverter<OverviewAnswer, OverviewAnswerContract>
{
    public OverviewAnswer ConvertFromSurrogate(in OverviewAnswerContract surrogate) =>
        new(surrogate.Current.ToFigures(), surrogate.Previous.ToFigures(), surrogate.Accuracy.ToAccuracy());

    public OverviewAnswerContract ConvertToSurrogate(in OverviewAnswer value) => new()
    {
        Current = FiguresContract.Of(value.Current),
        Previous = FiguresContract.Of(value.Previous),
        Accuracy = AccuracyContract.Of(value.Accuracy),
    };
}

[RegisterConverter]
internal sealed class TopAnswerConverter : IConverter<TopAnswer, TopAnswerContract>
{
    public TopAnswer ConvertFromSurrogate(in TopAnswerContract surrogate) => new(
        surrogate.By,
        surrogate.Total,
        surrogate.Other,
        [.. surrogate.Items.Select(item => item.ToItem())],
        surrogate.Accuracy.ToAccuracy());

    public TopAnswerContract ConvertToSurrogate(in TopAnswer value) => new()
    {
        By = value.By,
        Total = value.Total,
        Other = value.Other,
        Items = [.. value.Items.Select(TopItemContract.Of)],
        Accuracy = AccuracyContract.Of(value.Accuracy),
    };
}

[RegisterConverter]
internal sealed class SeriesAnswerConverter : IConverter<SeriesAnswer, SeriesAnswerContract>
{
    public SeriesAnswer ConvertFromSurrogate(in SeriesAnswerContract surrogate) =>
        new(surrogate.Interval, [.. surrogate.Points.Select(point => point.ToPoint())], surrogate.Accuracy.ToAccuracy());

    public SeriesAnswerContract ConvertToSurrogate(in SeriesAnswer value) => new()
    {
        Interval = value.Interval,
        Points = [.. value.Points.Select(SeriesPointContract.Of)],
        Accuracy = AccuracyContract.Of(value.Accuracy),
    };
}

[RegisterConverter]
internal sealed class UsersAnswerConverter : IConverter<UsersAnswer, UsersAnswerContract>
{
    public UsersAnswer ConvertFromSurrogate(in UsersAnswerContract surrogate) => new(
        surrogate.Daily,
        surrogate.Weekly,
        surrogate.Monthly,
        [.. surrogate.Days.Select(day => day.ToDay())],
        surrogate.Accuracy.ToAccuracy());

    public UsersAnswerContract ConvertToSurrogate(in UsersAnswer value) => new()
    {
        Daily = value.Daily,
        Weekly = value.Weekly,
        Monthly = value.Monthly,
        Days = [.. value.Days.Select(UsersDayContract.Of)],
        Accuracy = AccuracyContract.Of(value.Accuracy),
    };
}
