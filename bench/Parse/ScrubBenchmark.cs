using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TelemetryKit.Core.Privacy;

namespace TelemetryKit.Bench.Parse;

/// <summary>The cost of scrubbing a text that is not cached.</summary>
[MemoryDiagnoser]
[Config(typeof(InProcess))]
public class ScrubBenchmark
{
    private byte[] _utf8 = [];

    /// <summary>The text.</summary>
    [Params(
        "build",
        "linux-x64",
        "10.0.100-preview.7",
        "/usr/share/dotnet/sdk/10.0.100",
        "cannot open /home/alice/project/app.csproj: access denied")]
    public string Text { get; set; } = "";

    /// <summary>Encodes the text.</summary>
    [GlobalSetup]
    public void Setup() => _utf8 = Encoding.UTF8.GetBytes(Text);

    /// <summary>Scrubs the text.</summary>
    [Benchmark]
    public bool Scrub() => Scrubber.TryScrub(_utf8, out _);

    private sealed class InProcess : ManualConfig
    {
        public InProcess() => AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
