using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TelemetryKit.Analyzers.Tests;

/// <summary>Ensures that the compilers of the SDK's users can load the analyzers.</summary>
public class CompatibilityTests
{
    private static readonly Assembly Analyzers = typeof(PersonalDataAnalyzer).Assembly;
    private static readonly Assembly CodeFixes = typeof(RemoveEntryFix).Assembly;

    [Fact]
    public void The_analyzers_require_no_newer_compiler_than_that_of_the_NET_8_SDK() =>
        Assert.All(ReferencesTo("Microsoft.CodeAnalysis"), reference => Assert.Equal(new Version(4, 8, 0, 0), reference.Version));

    [Fact]
    public void The_analyzers_reference_no_workspaces() =>
        Assert.DoesNotContain(
            Analyzers.GetReferencedAssemblies(), reference => reference.Name!.Contains("Workspaces", StringComparison.Ordinal));

    [Fact]
    public void A_compiler_loads_the_analyzers_and_ignores_the_code_fixes()
    {
        Assert.Equal(2, Load(Analyzers).GetAnalyzers(LanguageNames.CSharp).Length);
        // An assembly without analyzers is not loaded, so it may require a newer compiler.
        Assert.Empty(Load(CodeFixes).GetAnalyzersForAllLanguages());
    }

    [Fact]
    public void Every_rule_is_documented()
    {
        var headings = File.ReadLines(Documentation()).Where(line => line.StartsWith("## ", StringComparison.Ordinal)).ToList();
        foreach (var rule in new PersonalDataAnalyzer().SupportedDiagnostics.AddRange(new OperationAnalyzer().SupportedDiagnostics))
        {
            Assert.Contains("## " + rule.Id, headings);
            Assert.EndsWith("/docs/sdk/analyzers#" + rule.Id, rule.HelpLinkUri, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static IEnumerable<AssemblyName> ReferencesTo(string prefix) =>
        Analyzers.GetReferencedAssemblies().Where(reference => reference.Name!.StartsWith(prefix, StringComparison.Ordinal));

    private static AnalyzerFileReference Load(Assembly assembly)
    {
        var reference = new AnalyzerFileReference(assembly.Location, new Loader());
        reference.AnalyzerLoadFailed += (_, failure) => Assert.Fail(failure.Message);
        return reference;
    }

    private static string Documentation()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TelemetryKit.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "docs", "sdk", "analyzers.md");
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
