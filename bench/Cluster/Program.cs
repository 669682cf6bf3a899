using System.CommandLine;
using TelemetryKit.Bench.Cluster;
using TelemetryKit.Bench.Support;
using TelemetryKit.Support;

var starts = new Option<int>("--starts") { Description = "Starts of each server; the medians are reported.", DefaultValueFactory = _ => 7 };
var storage = new Option<StorageKind>("--storage") { Description = "The store.", DefaultValueFactory = _ => StorageKind.Sqlite };
var servers = new Option<string[]>("--server")
{
    Description = "An assembly to start instead of the build output. Several are compared, in turns.",
    DefaultValueFactory = _ => [BuildOutput.Of("Api")],
};
var arguments = new Option<string[]>("--argument")
{
    Description = "An argument of each server, such as --demo.", DefaultValueFactory = _ => [],
};
var projects = new Option<int>("--projects") { Description = "Projects that are asked about.", DefaultValueFactory = _ => 1_000 };
var seconds = new Option<double>("--seconds") { Description = "The duration of each load, in seconds.", DefaultValueFactory = _ => 8 };
var rounds = new Option<int>("--rounds") { Description = "Rounds; the medians are reported.", DefaultValueFactory = _ => 3 };

var start = new Command("start", "Measures the start and the memory of servers, in turns.") { servers, storage, starts, arguments };
start.SetAction((parsed, _) => StartComparison.RunAsync(
    parsed.GetValue(servers)!, parsed.GetValue(storage), parsed.GetValue(starts), parsed.GetValue(arguments)!));

var members = new Command("members", "Compares one process with a cluster of three members on PostgreSQL, in turns.")
{
    projects, seconds, rounds,
};
members.SetAction((parsed, _) => MemberComparison.RunAsync(
    parsed.GetValue(projects), parsed.GetValue(seconds), parsed.GetValue(rounds)));

return await new RootCommand("Measures what a silo costs, and what a cluster brings.") { start, members }.Parse(args).InvokeAsync();
