using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Orleans;
using TelemetryKit.Core;
using TelemetryKit.Grains.Hosting;
using TelemetryKit.Grains.Projects.Contracts;
using TelemetryKit.Grains.Tenants;

namespace TelemetryKit.Grains.Tests;

/// <summary>
/// What processes of two versions send each other during an upgrade. <c>WireContracts.txt</c> lists it, so that a change is a decision:
/// Orleans' own file lists grains and methods, but no members.
/// </summary>
public sealed class WireContractTests
{
    private const string Rule =
        "What processes send each other differs from tests/Grains.Tests/WireContracts.txt. Members may be added with a new id; nothing may "
        + "be removed, renamed, renumbered or get another type. If that is so, put these lines there:";

    private const string RequestRule =
        "What the methods of grains take has changed. Increase RequestVersion.Current, and add a line to "
        + "tests/Grains.Tests/WireContracts.txt, without changing those that are there:";

    private static readonly Assembly Grains = typeof(GrainHost).Assembly;

    private static readonly Dictionary<Type, Type> Surrogates = Grains.GetTypes()
        .SelectMany(type => type.GetInterfaces())
        .Where(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IConverter<,>))
        .Select(one => one.GetGenericArguments())
        .ToDictionary(pair => pair[0], pair => pair[1]);

    private static readonly string[] Golden = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "WireContracts.txt"));

    [Fact]
    public void Members_are_those_of_the_file()
    {
        var contracts = Grains.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null);
        var actual = contracts.SelectMany(WithEnums).Distinct().SelectMany(Describe).Order(StringComparer.Ordinal).ToList();

        var expected = Golden.Where(line => line.StartsWith("type ", StringComparison.Ordinal)).ToList();
        Assert.True(actual.SequenceEqual(expected), $"{Rule}\n{string.Join('\n', actual)}");
    }

    [Fact]
    public void A_change_of_what_grains_take_has_a_new_version()
    {
        var history = Golden.Where(line => line.StartsWith("requests ", StringComparison.Ordinal)).ToList();
        var line = string.Create(CultureInfo.InvariantCulture, $"requests {RequestVersion.Current}: {HashOfRequests()}");

        Assert.True(history.LastOrDefault() == line && history.Count == RequestVersion.Current, $"{RequestRule}\n{line}");
    }

    [Fact]
    public void A_request_of_a_later_version_is_refused()
    {
        var query = QueryContract.Of(new(DataEnvironment.Live, new(2026, 11, 1), new(2026, 11, 2)));
        query.Requires++;
        var limits = new CustomLimitsConverter().ConvertToSurrogate(new(1, 2, 3, 4));
        limits.Requires++;

        Assert.Throws<NotSupportedException>(() => query.ToQuery());
        Assert.Throws<NotSupportedException>(() => new CustomLimitsConverter().ConvertFromSurrogate(limits));
    }

    private static string HashOfRequests()
    {
        var taken = Grains.GetTypes()
            .Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)))
            .SelectMany(grain => grain.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType))
            .SelectMany(WithParts)
            .Distinct()
            .SelectMany(Describe)
            .Order(StringComparer.Ordinal);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', taken)));
        return Convert.ToHexStringLower(hash)[..16];
    }

    private static IEnumerable<Type> WithEnums(Type contract) =>
        Fields(contract).SelectMany(field => WithParts(field.Type)).Where(type => type.IsEnum).Prepend(contract);

    // The types that a value of this type consists of, and that are described.
    private static IEnumerable<Type> WithParts(Type type)
    {
        if (Surrogates.TryGetValue(type, out var surrogate))
            return WithParts(surrogate);
        if (type.IsGenericType)
            return type.GetGenericArguments().SelectMany(WithParts);
        if (type.IsEnum)
            return [type];
        return type.Assembly == Grains ? Fields(type).SelectMany(field => WithParts(field.Type)).Prepend(type) : [];
    }

    // A line for each member, so that a difference shows which one has changed.
    private static IEnumerable<string> Describe(Type type)
    {
        var name = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.Name;
        return type.IsEnum
            ? Enum.GetNames(type).Select(value => $"type {name} {Enum.Format(type, Enum.Parse(type, value), "d")}: {value}")
            : Fields(type).Select(field => $"type {name} {field.Id}: {field.Name} {NameOf(field.Type)}");
    }

    private static IEnumerable<(uint Id, string Name, Type Type)> Fields(Type contract) => contract
        .GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Select(member => (member.GetCustomAttribute<IdAttribute>()?.Id, member.Name, Type: TypeOf(member)))
        .Where(field => field.Id is not null && field.Type is not null)
        .Select(field => (field.Id!.Value, field.Name, field.Type!))
        .OrderBy(field => field.Value);

    private static Type? TypeOf(MemberInfo member) =>
        member is FieldInfo field ? field.FieldType : (member as PropertyInfo)?.PropertyType;

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
