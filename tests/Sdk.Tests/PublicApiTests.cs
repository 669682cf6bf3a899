using System.Reflection;
using System.Runtime.Versioning;
using System.Text;

namespace TelemetryKit.Sdk.Tests;

/// <summary>
/// Compares the public API with <c>Approved/TelemetryKit.txt</c>, so that reviews show each change of it. To approve a change, copy the
/// file that the failed test names.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one()
    {
        var actual = Describe(typeof(TelemetryKitClient).Assembly);
        var path = Path.Combine(AppContext.BaseDirectory, "Approved", "TelemetryKit.txt");
        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (actual == approved)
            return;
        var received = Path.Combine(AppContext.BaseDirectory, "TelemetryKit.received.txt");
        File.WriteAllText(received, actual);
        Assert.Fail($"The public API is not the approved one. It is in {received}\n{actual}");
    }

    [Fact]
    public void The_package_depends_on_nothing()
    {
        // The target netstandard2.0 has IAsyncDisposable from a package, so that all targets have the same public surface.
        string[] own =
        [
            "System.", "netstandard", "mscorlib", "Microsoft.Win32.Primitives",
            .. IsForNetStandard ? ["Microsoft.Bcl.AsyncInterfaces"] : Array.Empty<string>(),
        ];
        Assert.All(
            typeof(TelemetryKitClient).Assembly.GetReferencedAssemblies(),
            reference => Assert.Contains(own, prefix => reference.Name!.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_public_type_is_documented()
    {
        var documentation = File.ReadAllText(Path.ChangeExtension(typeof(TelemetryKitClient).Assembly.Location, ".xml"));
        Assert.All(
            typeof(TelemetryKitClient).Assembly.GetExportedTypes(),
            type => Assert.Contains($"\"T:{type.FullName!.Replace('+', '.')}\"", documentation, StringComparison.Ordinal));
    }

    private static bool IsForNetStandard =>
        typeof(TelemetryKitClient).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName
            .StartsWith(".NETStandard", StringComparison.Ordinal);

    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.FullName).Append('\n');
            var members = type.IsEnum
                ? type.GetFields(BindingFlags.Public | BindingFlags.Static)
                    .Select(field => $"{field.Name} = {Convert.ToInt32(field.GetRawConstantValue(), null)}")
                : type.GetMembers(Declared).Where(IsVisible).Select(Line).Order(StringComparer.Ordinal);
            foreach (var member in members)
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodInfo method =>
            (method.IsPublic || method.IsFamily) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        ConstructorInfo constructor => constructor.IsPublic || constructor.IsFamily,
        PropertyInfo property => IsOpen(property.GetMethod) || IsOpen(property.SetMethod),
        FieldInfo field => field.IsPublic || field.IsFamily,
        _ => false,
    };

    private static bool IsOpen(MethodInfo? accessor) => accessor is { IsPublic: true } or { IsFamily: true };

    private static string Line(MemberInfo member) => member switch
    {
        PropertyInfo property => $"{property} {{{Accessor(property.GetMethod, " get;")}{Accessor(property.SetMethod, " set;")} }}",
        _ => member.ToString()!,
    };

    private static string Accessor(MethodInfo? accessor, string text) => IsOpen(accessor) ? text : "";
}
