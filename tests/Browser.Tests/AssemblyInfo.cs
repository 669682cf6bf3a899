using TelemetryKit.Browser.Tests.Harness;

// Servers and browsers want the machine for themselves.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(DemoSite))]
[assembly: AssemblyFixture(typeof(Sites))]
