using System.IO.Pipelines;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Tests.Bodies;

/// <summary>The arithmetic of the budget for random sequences of operations.</summary>
public sealed class BodyBudgetProperties
{
    private const int Limit = 4 * 1024 * 1024;

    [Fact]
    public void After_any_operations_the_sums_are_correct_the_bounds_hold_and_all_memory_is_released()
    {
        var step = Gen.Zip(Gen.Choose(0, 9), Gen.Choose(0, 1_000_000)).ArrayOf();
        Prop.ForAll(step.ToArbitrary(), steps =>
        {
            var world = new World();
            foreach (var (kind, number) in steps)
            {
                world.Do(kind, number);
                world.Check();
            }

            world.End();
            Assert.Equal((0L, 0), (world.Budget.Taken, world.Budget.PartyCount));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300));
    }

    [Fact]
    public async Task Concurrent_bodies_release_all_memory()
    {
        using var metrics = new TelemetryKitMetrics();
        var budget = new BodyBudget(new SourceHasher(TimeProvider.System), metrics, TimeProvider.System, Limit);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 500; i++)
            {
                using var lease = budget.Open(World.Owner(random.Next(100)));
                lease.Watch(new Pipe().Reader);
                var bytes = 0;
                while (bytes < 400_000 && lease.TryGrow(bytes += random.Next(100_000), isWhole: false))
                    Thread.Yield();
                if (lease.End is null)
                    lease.TryGrow(bytes, isWhole: true);
            }
        })));
        Assert.Equal((0L, 0), (budget.Taken, budget.PartyCount));
    }

    private sealed class World
    {
        private readonly FakeTimeProvider _time = new();
        private readonly List<Body> _bodies = [];

        public World() => Budget = new BodyBudget(new SourceHasher(_time), new TelemetryKitMetrics(), _time, Limit);

        public BodyBudget Budget { get; }

        /// <summary>Returns one of three tenants with two keys each, and one of four sources, one of which is unknown.</summary>
        public static BodyOwner Owner(int number)
        {
            var (tenant, key, source) = (number % 3, number % 6, number / 6 % 4);
            var address = source == 0 ? null : new IPAddress([203, 0, 113, (byte)source]);
            return new(new Guid(tenant + 1, 0, 0, new byte[8]), new Guid(key + 1, 1, 0, new byte[8]), address);
        }

        public void Do(int kind, int number)
        {
            switch (kind)
            {
                case 0 or 1 or 2:
                    var opened = new Body(Budget.Open(Owner(number)), Owner(number));
                    opened.Lease.Watch(new Pipe().Reader);
                    _bodies.Add(opened);
                    break;
                case 9:
                    _time.Advance(TimeSpan.FromMilliseconds(number % 4_000));
                    break;
                case 8 when _bodies.Count > 0:
                    _bodies[number % _bodies.Count].Lease.Dispose();
                    _bodies.RemoveAt(number % _bodies.Count);
                    break;
                case var _ when _bodies.Count > 0 && _bodies[number % _bodies.Count] is { IsWhole: false, Lease.End: null } body:
                    Grow(body, number % 150_000, isWhole: kind == 7);
                    break;
            }
        }

        public void Check()
        {
            foreach (var body in _bodies)
                Assert.Equal(body.Lease.End is null ? body.Bytes : 0, body.Lease.Held);
            Assert.Equal(_bodies.Sum(body => body.Lease.Held), Budget.Taken);
            CheckBound(_bodies, PartyKind.Process);
            foreach (var share in _bodies.GroupBy(body => body.Owner.TenantId))
                CheckBound([.. share], PartyKind.Tenant);
            foreach (var share in _bodies.GroupBy(body => body.Owner.KeyId))
                CheckBound([.. share], PartyKind.Key);
            foreach (var share in _bodies.Where(body => body.Owner.Address is not null).GroupBy(body => body.Owner.Address))
                CheckBound([.. share], PartyKind.Source);
        }

        public void End()
        {
            // Twice, because disposing is idempotent.
            foreach (var body in _bodies.Concat(_bodies))
                body.Lease.Dispose();
        }

        private void Grow(Body body, int bytes, bool isWhole)
        {
            var before = _bodies.Where(other => other.Lease.End is null).ToList();
            body.Bytes += bytes;
            body.IsWhole = isWhole;
            var fits = body.Lease.TryGrow(body.Bytes, isWhole);
            Assert.Equal(fits, body.Lease.End is null);
            var isSmall = body.Bytes <= Limits.SmallBodyBytes;
            Assert.True(fits || !(isSmall && isWhole), "A complete small body is never refused.");
            // A body that was ended was large, and not faster than the large bodies that are left in that share.
            foreach (var ended in before.Where(other => other.Lease.End is not null && other != body))
            {
                var large = _bodies.Where(other => other is { IsWhole: false, IsLarge: true, Lease.End: null });
                var left = large.Where(other => other.IsInShare(ended.Lease.End!.Bound, ended));
                Assert.All(left, other => Assert.True(ended.IsLarge && ended.Lease.BytesPerSecond <= other.Lease.BytesPerSecond));
            }
        }

        private static void CheckBound(IReadOnlyList<Body> bodies, PartyKind kind)
        {
            // Complete small bodies may exceed the bound, and so may a single body.
            var exempt = bodies.Where(body => body.IsWhole && body.Bytes <= Limits.SmallBodyBytes).Sum(body => body.Lease.Held);
            var largest = bodies.Select(body => body.Lease.Held).DefaultIfEmpty().Max();
            Assert.InRange(bodies.Sum(body => body.Lease.Held), 0, Math.Max(Resources.Bodies(Limit).Of(kind), largest) + exempt);
        }
    }

    private sealed class Body(BodyLease lease, BodyOwner owner)
    {
        public BodyLease Lease { get; } = lease;

        public BodyOwner Owner { get; } = owner;

        public long Bytes { get; set; }

        public bool IsWhole { get; set; }

        public bool IsLarge => Bytes > Limits.SmallBodyBytes;

        public bool IsInShare(string bound, Body other) => bound switch
        {
            "process" => true,
            "tenant" => Owner.TenantId == other.Owner.TenantId,
            "key" => Owner.KeyId == other.Owner.KeyId,
            "source" => Equals(Owner.Address, other.Owner.Address),
            _ => false,
        };
    }
}
