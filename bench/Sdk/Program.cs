using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TelemetryKit.Sdk.Bench;

// dotnet run -c Release --project bench/Sdk             what recording an event costs
// dotnet run -c Release --project bench/Sdk -- start    what a run pays at its start and exit, in pairs of processes
// dotnet run -c Release --project bench/Sdk -- start BARE WITH    the same for two programs of one's own
if (args is ["start", .. var programs])
{
    StartAndExit.Run(programs);
    return;
}

var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkRunner.Run<Tracking>(config);
