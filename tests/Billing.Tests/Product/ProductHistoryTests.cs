using System.Diagnostics;
using System.Globalization;

namespace TelemetryKit.Billing.Tests.Product;

/// <summary>
/// Random histories of tenants end, after one synchronisation, as a model computes it, and the sums that are reported and invoiced are
/// those that were counted. <c>TELEMETRYKIT_TEST_BILLING_HISTORIES</c> is another number of histories, and
/// <c>TELEMETRYKIT_TEST_BILLING_WORLD</c> repeats those of one world.
/// </summary>
public class ProductHistoryTests(ITestOutputHelper output)
{
    private const int Histories = 10_000;

    // A world ends before 2038, until when Stripe.net reads the times of webhooks.
    private const int HistoriesOfAWorld = 80;

    [Fact]
    public async Task Random_histories_end_in_the_state_that_a_model_computes()
    {
        var began = Stopwatch.GetTimestamp();
        var worlds = Number("TELEMETRYKIT_TEST_BILLING_WORLD") is { } one
            ? [one]
            : Enumerable.Range(0, (Number("TELEMETRYKIT_TEST_BILLING_HISTORIES") ?? Histories) / HistoriesOfAWorld);
        var invoiced = 0L;
        var count = 0;
        var requests = 0L;
        await Parallel.ForEachAsync(
            worlds,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken,
            },
            async (seed, _) =>
            {
                var random = new Random(seed);
                // A world advances by years, so 29 February is in many.
                await using var world = await ProductWorld.CreateAsync(
                    new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(600_000)));
                for (var i = 0; i < HistoriesOfAWorld; i++)
                {
                    try
                    {
                        Interlocked.Add(ref invoiced, (await ProductHistory.RunAsync(world, random.Next())).Invoiced);
                    }
                    catch (InvalidOperationException exception)
                    {
                        throw new InvalidOperationException($"World {seed}, history {i}: {exception.Message}", exception);
                    }

                    Interlocked.Increment(ref count);
                }

                Interlocked.Add(ref requests, world.Stripe.Requests.Count);
            });
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine($"{count} histories, {requests} requests, {invoiced} events on invoices, {seconds:0} s");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
