using System.CommandLine;
using TelemetryKit.Bench.Abuse;
using TelemetryKit.Bench.Support;

var only = new Option<int?>("--only") { Description = "The number of one attack; otherwise all are run." };
var seconds = new Option<double>("--seconds")
{
    Description = "The duration of each phase, quiet and under attack, in seconds.", DefaultValueFactory = _ => 15,
};
var storage = new Option<StorageKind>("--storage") { Description = "The store.", DefaultValueFactory = _ => StorageKind.Postgres };
var root = new RootCommand("Runs attacks beside an honest client, and measures what the client notices.") { only, seconds, storage };
root.SetAction((parsed, _) => Comparison.RunAsync(parsed.GetValue(only), parsed.GetValue(seconds), parsed.GetValue(storage)));

var name = new Option<string>("--name") { Required = true };
var target = new Option<string>("--target") { Required = true };
var attack = new Command("attack", "Runs one attack. Used by the comparison.") { name, target, seconds };
attack.SetAction((parsed, _) => AttackProcess.RunAsync(
    parsed.GetValue(name)!, Target.FromJson(parsed.GetValue(target)!), parsed.GetValue(seconds)));
root.Add(attack);

return await root.Parse(args).InvokeAsync();
