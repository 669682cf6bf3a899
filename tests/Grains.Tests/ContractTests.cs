using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Serialization;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Tenants;

namespace TelemetryKit.Grains.Tests;

/// <summary>
/// What is sent between processes arrives whole. Each value has every member set to a value of its own, found by reflection, so a member
/// that is added to a type and forgotten in its contract fails a test.
/// </summary>
public sealed class ContractTests
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    [Fact]
    public void Questions_arrive_whole()
    {
        AssertArrives<OverviewQuestion>();
        AssertArrives<TopQuestion>();
        AssertArrives<SeriesQuestion>();
        AssertArrives<UsersQuestion>();
    }

    [Fact]
    public void Answers_arrive_whole()
    {
        AssertArrives<OverviewAnswer>();
        AssertArrives<TopAnswer>();
        AssertArrives<SeriesAnswer>();
        AssertArrives<UsersAnswer>();
    }

    [Fact]
    public void What_is_said_of_tenants_arrives_whole()
    {
        AssertArrives<CustomLimits>();
        AssertArrives<UsageReading>();
        AssertArrives<UsageForecast>();
    }

    [Fact]
    public void Optional_members_arrive_as_null()
    {
        var day = new DateOnly(2026, 11, 20);
        var question = new TopQuestion(new(default, day, day), DimensionOf("command"), 10);

        Assert.Equal(Text(question), Text(Passed(question)));
        Assert.Null(Passed(question).Compared);
        Assert.Empty(Passed(question).Query.Filters);
    }

    [Fact]
    public void An_answer_is_not_copied_inside_a_process()
    {
        var answer = (TopAnswer)new Filler().Make(typeof(TopAnswer));

        Assert.Same(answer, Services.GetRequiredService<DeepCopier>().Copy(new Immutable<TopAnswer>(answer)).Value);
    }

    private static void AssertArrives<T>()
        where T : class
    {
        var sent = (T)new Filler().Make(typeof(T));
        var arrived = Passed(sent);

        Assert.NotSame(sent, arrived);
        Assert.Equal(Text(sent), Text(arrived));
        Assert.DoesNotContain(":null", Text(sent), StringComparison.Ordinal);
    }

    private static T Passed<T>(T value)
    {
        var serializer = Services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
    }

    private static Dimension DimensionOf(string name) =>
        Dimension.TryParse(name, out var dimension) ? dimension : throw new ArgumentException(name);

    // All public members of all types, whatever the wire format of the API omits.
    private static string Text(object? value) => value switch
    {
        null => "null",
        string or DateOnly or DateTimeOffset or Enum or IFormattable => JsonSerializer.Serialize(
            Convert.ToString(value, CultureInfo.InvariantCulture)),
        bool yes => yes ? "true" : "false",
        IDictionary pairs => "{" + string.Join(",", pairs.Keys.Cast<object>().Select(key => $"{Text(key)}:{Text(pairs[key])}")) + "}",
        IEnumerable items => "[" + string.Join(",", items.Cast<object>().Select(Text)) + "]",
        _ => "{" + string.Join(",", Settable(value.GetType()).Select(p => $"\"{p.Name}\":{Text(p.GetValue(value))}")) + "}",
    };

    private static IEnumerable<PropertyInfo> Settable(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite || property.Name == "Name")
        .OrderBy(property => property.Name, StringComparer.Ordinal);

    /// <summary>Creates values of which each member has another value than its default.</summary>
    private sealed class Filler
    {
        private int _next;

        public object Make(Type type)
        {
            var number = ++_next;
            if (Nullable.GetUnderlyingType(type) is { } inner)
                return Make(inner);
            if (type == typeof(string))
                return $"text {number}";
            if (type == typeof(bool))
                return true;
            if (type == typeof(int))
                return number;
            if (type == typeof(long))
                return 1_000_000_000_000L + number;
            if (type == typeof(double))
                return number + 0.25;
            if (type == typeof(DateOnly))
                return new DateOnly(2026, 1, 1).AddDays(number);
            if (type == typeof(DateTimeOffset))
                return new DateTimeOffset(2026, 1, 1, 0, 0, number % 60, TimeSpan.Zero);
            if (type.IsEnum)
                return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
            if (type == typeof(Dimension))
                return DimensionOf($"meta.key{number}");
            if (type == typeof(EventField))
                return EventField.Of($"meta.key{number}");
            if (type == typeof(IReadOnlyDictionary<string, string>))
                return new Dictionary<string, string> { [$"a{number}"] = $"b{number}", [$"c{number}"] = $"d{number}" };
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
                return MakeList(type.GetGenericArguments()[0]);
            return MakeObject(type);
        }

        private Array MakeList(Type item)
        {
            var list = Array.CreateInstance(item, 3);
            for (var i = 0; i < list.Length; i++)
                list.SetValue(Make(item), i);
            return list;
        }

        private object MakeObject(Type type)
        {
            var constructor = type.GetConstructors().OrderByDescending(one => one.GetParameters().Length).First();
            var value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType))]);
            foreach (var property in Settable(type).Where(property => property.CanWrite))
            {
                if (constructor.GetParameters().All(parameter => parameter.Name != property.Name))
                    property.SetValue(value, Make(property.PropertyType));
            }

            return value;
        }
    }
}
