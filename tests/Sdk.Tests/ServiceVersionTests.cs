using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

public sealed class ServiceVersionTests : IDisposable
{
    private readonly TestHost _host = new();

    [Theory]
    [InlineData("1.2.0-rc.1", "1.2.0-rc.1")]
    [InlineData("1.2.0-rc.1+0f3a9c", "1.2.0-rc.1")]
    [InlineData(null, "4.5.6")]
    public void The_version_is_the_informational_one_without_build_metadata(string? informational, string expected) =>
        Assert.Equal(expected, ServiceVersion.Of(Build(informational)));

    [Fact]
    public void A_library_in_a_host_has_its_own_version()
    {
        var library = Build("9.8.7+0f3a9c", "Create");
        var create = library.GetType("Library")!.GetMethod("Create")!;
        Action<TelemetryOptions> configure = options => options.Consent = ConsentMode.HostDecides;
        using var client = (TelemetryKitClient)create.Invoke(null, ["my-library", Clients.Key, configure])!;
        var sample = JsonDocument.Parse(client.Consent.ShowSample()).RootElement;
        Assert.Equal("9.8.7", sample.GetProperty("service_version").GetString());
    }

    [Fact]
    public void A_stored_version_belongs_to_one_build()
    {
        var options = new TelemetryOptions { Consent = ConsentMode.HostDecides }.Values;
        Directory.CreateDirectory(_host.Root);
        foreach (var version in new[] { "1.0.0", "2.0.0-beta" })
        {
            options.Library = Build(version);
            Assert.Equal(version, ServiceVersion.Of(options, _host.Root));
            Assert.Equal(version, ServiceVersion.Of(options, _host.Root));
        }

        Assert.EndsWith(" 2.0.0-beta", File.ReadAllText(Path.Combine(_host.Root, "version")), StringComparison.Ordinal);
    }

    public void Dispose() => _host.Dispose();

    /// <summary>Builds an assembly with a version, and with a method that creates a client if it has a name.</summary>
    private static AssemblyBuilder Build(string? informational, string? method = null)
    {
        var name = new AssemblyName("Library") { Version = new(4, 5, 6, 7) };
        var assembly = AssemblyBuilder.DefineDynamicAssembly(name, AssemblyBuilderAccess.Run);
        if (informational is not null)
        {
            assembly.SetCustomAttribute(new(
                typeof(AssemblyInformationalVersionAttribute).GetConstructor([typeof(string)])!, [informational]));
        }

        var type = assembly.DefineDynamicModule("Library").DefineType("Library", TypeAttributes.Public);
        if (method is not null)
        {
            Type[] parameters = [typeof(string), typeof(string), typeof(Action<TelemetryOptions>)];
            var il = type.DefineMethod(method, MethodAttributes.Public | MethodAttributes.Static, typeof(TelemetryKitClient), parameters)
                .GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Call, typeof(TelemetryKitClient).GetMethod("Create", parameters)!);
            il.Emit(OpCodes.Ret);
        }

        type.CreateType();
        return assembly;
    }
}
