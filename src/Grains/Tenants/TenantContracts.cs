using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Grains.Tenants;

// What is passed between processes about tenants. Members are added with a new id; an id is never used for another member. Each change of
// what a method takes needs a new RequestVersion.

[GenerateSerializer, Immutable, Alias("custom-limits")]
internal struct CustomLimitsContract
{
    [Id(0)] public long? EventsPerMonth;
    [Id(1)] public int? KeptDays;
    [Id(2)] public int? Members;
    [Id(3)] public int? Projects;
    [Id(4)] public int Requires;
}

[GenerateSerializer, Immutable, Alias("usage-reading")]
internal struct UsageReadingContract
{
    [Id(0)] public DateOnly Month;
    [Id(1)] public long Accepted;
    [Id(2)] public long? Limit;
    [Id(3)] public long? Overage;
}

[GenerateSerializer, Immutable, Alias("usage-forecast")]
internal struct UsageForecastContract
{
    [Id(0)] public long Events;
    [Id(1)] public DateTimeOffset? QuotaSpentAt;
}

[RegisterConverter]
internal sealed class CustomLimitsConverter : IConverter<CustomLimits, CustomLimitsContract>
{
    public CustomLimits ConvertFromSurrogate(in CustomLimitsContract surrogate)
    {
        RequestVersion.Check(surrogate.Requires);
        return new(surrogate.EventsPerMonth, surrogate.KeptDays, surrogate.Members, surrogate.Projects);
    }

    public CustomLimitsContract ConvertToSurrogate(in CustomLimits value) => new()
    {
        EventsPerMonth = value.EventsPerMonth,
        KeptDays = value.KeptDays,
        Members = value.Members,
        Projects = value.Projects,
        Requires = RequestVersion.Current,
    };
}

[RegisterConverter]
internal sealed class UsageReadingConverter : IConverter<UsageReading, UsageReadingContract>
{
    public UsageReading ConvertFromSurrogate(in UsageReadingContract surrogate) =>
        new(surrogate.Month, surrogate.Accepted, surrogate.Limit, surrogate.Overage);

    public UsageReadingContract ConvertToSurrogate(in UsageReading value) =>
        new() { Month = value.Month, Accepted = value.Accepted, Limit = value.Limit, Overage = value.Overage };
}

[RegisterConverter]
internal sealed class UsageForecastConverter : IConverter<UsageForecast, UsageForecastContract>
{
    public UsageForecast ConvertFromSurrogate(in UsageForecastContract surrogate) => new(surrogate.Events, surrogate.QuotaSpentAt);

    public UsageForecastContract ConvertToSurrogate(in UsageForecast value) =>
        new() { Events = value.Events, QuotaSpentAt = value.QuotaSpentAt };
}
