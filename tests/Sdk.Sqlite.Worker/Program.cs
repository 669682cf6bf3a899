using System.Globalization;
using TelemetryKit;
using TelemetryKit.Sqlite;
using TelemetryKit.Sqlite.Worker;

// A tool that records events with a SQLite queue. Tests kill it. Arguments: FOLDER NAME EVENTS [exit: without sending]
var (folder, name, events) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));

using var client = TelemetryKitClient.Create("worker", configure: options =>
{
    options.Directory = folder;
    options.Consent = ConsentMode.HostDecides;
    options.BatchEvents = 10;
    options.Interval = TimeSpan.FromMilliseconds(100);
    options.Backends.Add(new DeliveryLog(folder));
    options.UseSqlite();
});
client.Consent.Grant();
// All of them open the database first, and then record and exit at the same time.
var exits = args is [.., "exit"];
if (exits)
    client.GetQueueStatus();
Console.WriteLine("recording");
if (exits)
    Console.ReadLine();

for (var i = 0; i < events; i++)
{
    client.TrackFeature(name + ":" + i.ToString(CultureInfo.InvariantCulture));
    if (i % 20 == 19)
        Thread.Sleep(50);
}

if (exits)
    return 0;

// Disposing alone would not wait long enough for the disk on a busy machine. Flush ends when a response is lost, so the last worker, which
// records nothing, tries until no event is left: after several lost responses in a row nothing is sent for up to a minute.
for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(5);)
{
    if (client.Flush(TimeSpan.FromMinutes(1)) || events > 0)
        return 0;
    Thread.Sleep(30);
}
return 1;
