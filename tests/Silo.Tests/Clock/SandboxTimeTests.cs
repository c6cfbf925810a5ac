using Connect.Sandbox.Clock;
using Connect.Silo.Clock;
using Connect.Silo.Hosting;
using Connect.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connect.Silo.Tests.Clock;

public sealed class SandboxTimeTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Moving_the_clock_calls_every_reminder_on_the_way_in_order_at_its_time(Store store)
    {
        using var data = new TestData(store);
        using var host = await data.StartSilo();
        var time = host.Services.GetRequiredService<ISandboxTime>();
        var id = $"order-{store}";
        await Alarm(host, id).Set("90-days", TimeSpan.FromDays(90));
        await Alarm(host, id).Set("1-day", TimeSpan.FromDays(1));
        await Alarm(host, id).Set("92-days", TimeSpan.FromDays(92));
        await Alarm(host, id + "-other").Set("30-days", TimeSpan.FromDays(30));
        var before = time.Now;

        Assert.Equal(3, await time.Advance(TimeSpan.FromDays(91)));

        var rings = AlarmGrain.Rings.Where(ring => ring.Grain.StartsWith(id, StringComparison.Ordinal)).ToList();
        Assert.Equal(["1-day", "30-days", "90-days"], rings.Select(ring => ring.Name));
        Assert.All(rings, ring => Assert.InRange(ring.At.UtcDateTime - ring.Start, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Assert.InRange(time.Now - before, TimeSpan.FromDays(91), TimeSpan.FromDays(91) + TimeSpan.FromMinutes(1));
        Assert.Equal(1, await time.Advance(TimeSpan.FromDays(1)));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task A_reminder_that_is_set_anew_on_the_way_is_called_at_its_new_time(Store store)
    {
        using var data = new TestData(store);
        using var host = await data.StartSilo();
        var time = host.Services.GetRequiredService<ISandboxTime>();
        var id = $"chain-{store}";
        await Alarm(host, id).SetChain("every-ten-days", TimeSpan.FromDays(10), more: 5);

        Assert.Equal(4, await time.Advance(TimeSpan.FromDays(45)));

        var starts = AlarmGrain.Rings.Where(ring => ring.Grain == id).Select(ring => ring.Start).ToList();
        for (var i = 1; i < starts.Count; i++)
            Assert.InRange(starts[i] - starts[i - 1], TimeSpan.FromDays(10), TimeSpan.FromDays(10) + TimeSpan.FromMinutes(1));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_reminder_that_stays_and_one_that_fails_are_called_and_the_others_after_them_and_they_once_more_at_the_end()
    {
        using var data = new TestData(Store.Sqlite);
        using var host = await data.StartSilo();
        await Alarm(host, "once").Set("stays", TimeSpan.FromDays(1));
        await Alarm(host, "once").Set("fails", TimeSpan.FromDays(2));
        await Alarm(host, "once").Set("after", TimeSpan.FromDays(3));
        Assert.Equal(3, await host.Services.GetRequiredService<ISandboxTime>().Advance(TimeSpan.FromDays(4)));
        var rings = AlarmGrain.Rings.Where(ring => ring.Grain == "once").ToList();
        Assert.Equal(["stays", "fails", "after"], rings.Take(3).Select(ring => ring.Name));
        Assert.Equal(["fails", "stays"], rings.Skip(3).Select(ring => ring.Name).Order(StringComparer.Ordinal));
        Assert.All(rings.Skip(3), ring => Assert.Equal(3, (ring.At - rings[0].At).TotalDays, 0.01));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_reminder_that_stayed_is_called_again_by_a_later_move_at_the_first_of_its_ticks_on_the_way()
    {
        using var data = new TestData(Store.Sqlite);
        using var host = await data.StartSilo();
        var time = host.Services.GetRequiredService<ISandboxTime>();
        await Alarm(host, "again").Set("stays", TimeSpan.FromMinutes(30));
        await Alarm(host, "again").Set("later", TimeSpan.FromHours(3.75));
        Assert.Equal(1, await time.Advance(TimeSpan.FromHours(1)));
        Assert.Equal(0, await time.Advance(TimeSpan.FromMinutes(20)));
        Assert.Equal(2, await time.Advance(TimeSpan.FromHours(3)));

        var rings = AlarmGrain.Rings.Where(ring => ring.Grain == "again").ToList();
        Assert.Equal(["stays", "stays", "later", "stays"], rings.Select(ring => ring.Name));
        Assert.InRange(rings[1].At.UtcDateTime - rings[1].Start, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
        Assert.InRange((rings[3].At - rings[2].At).TotalMinutes, 34, 60);
        await host.StopAsync();
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task The_moved_clock_survives_a_restart(Store store)
    {
        using var data = new TestData(store);
        DateTimeOffset moved;
        using (var first = await data.StartSilo())
        {
            await first.Services.GetRequiredService<ISandboxTime>().Advance(TimeSpan.FromDays(91));
            moved = first.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            await first.StopAsync();
        }

        using var second = await data.StartSilo();
        Assert.InRange(second.Services.GetRequiredService<TimeProvider>().GetUtcNow() - moved, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        await second.StopAsync();
    }

    [Fact]
    public async Task A_database_with_a_moved_clock_is_refused_outside_the_sandbox()
    {
        using var data = new TestData(Store.Sqlite);
        using (var sandbox = await data.StartSilo())
        {
            await sandbox.Services.GetRequiredService<ISandboxTime>().Advance(TimeSpan.FromDays(1));
            await sandbox.StopAsync();
        }

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => data.StartSilo(("Stripe:ApiKey", "sk_test_1"), ("Messaging:Gateway", "None")));
        Assert.Contains("sandbox", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_silos_move_together()
    {
        using var data = new TestData(Store.PostgreSql);
        using var first = await data.StartSilo();
        using var second = await data.StartSilo();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Alarm(first, $"together-{i}").Set("due", TimeSpan.FromDays(1 + i))));
        Assert.Equal(20, await first.Services.GetRequiredService<ISandboxTime>().Advance(TimeSpan.FromDays(30)));
        var rings = AlarmGrain.Rings.Where(ring => ring.Grain.StartsWith("together-", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, rings.Count);
        Assert.All(rings, ring => Assert.InRange(ring.At.UtcDateTime - ring.Start, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        var apart = first.Services.GetRequiredService<TimeProvider>().GetUtcNow() - second.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        Assert.InRange(apart, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5));
        await second.StopAsync();
        await first.StopAsync();
    }

    [Fact]
    public async Task Zero_negative_and_more_than_ten_years_are_refused()
    {
        using var data = new TestData(Store.Sqlite);
        using var host = await data.StartSilo();
        var time = host.Services.GetRequiredService<ISandboxTime>();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => time.Advance(TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => time.Advance(TimeSpan.FromTicks(-1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => time.Advance(ISandboxTime.MaxAdvance + TimeSpan.FromTicks(1)));
        Assert.Equal(0, await time.Advance(ISandboxTime.MaxAdvance));
        await host.StopAsync();
    }

    [Fact]
    public async Task Work_of_a_stand_in_is_done_at_its_time_between_the_reminders_and_before_the_move_is_over()
    {
        using var data = new TestData(Store.Sqlite);
        var builder = data.Builder();
        builder.AddCreditsSilo();
        builder.Services.AddSingleton<IDueWork, Postman>();
        using var host = builder.Build();
        await host.StartAsync();
        var time = host.Services.GetRequiredService<ISandboxTime>();
        var postman = (Postman)host.Services.GetRequiredService<IDueWork>();
        await Alarm(host, "post").Set("first", TimeSpan.FromDays(1));
        await Alarm(host, "post").Set("last", TimeSpan.FromDays(3));
        postman.Rounds = new([time.Now.AddHours(-1), time.Now.AddDays(2), time.Now.AddDays(2.5), time.Now.AddDays(5)]);
        var began = time.Now;

        Assert.Equal(2, await time.Advance(TimeSpan.FromDays(4)));

        Assert.Equal([0, 2, 2.5], postman.Done.Select(round => Math.Round((round.At - began).TotalDays, 2)));
        Assert.Equal([0, 1, 1], postman.Done.Select(round => round.RingsBefore));
        Assert.Single(postman.Rounds);
        await host.StopAsync();
    }

    /// <summary>Has something to do at each of its rounds.</summary>
    private sealed class Postman(TimeProvider clock) : IDueWork
    {
        public Queue<DateTimeOffset> Rounds { get; set; } = new();

        public List<(DateTimeOffset At, int RingsBefore)> Done { get; } = [];

        public Task<DateTimeOffset?> NextDue() => Task.FromResult(Rounds.TryPeek(out var round) ? round : (DateTimeOffset?)null);

        public Task RunDue()
        {
            while (Rounds.TryPeek(out var round) && round <= clock.GetUtcNow())
            {
                Rounds.Dequeue();
                Done.Add((clock.GetUtcNow(), AlarmGrain.Rings.Count(ring => ring.Grain == "post")));
            }

            return Task.CompletedTask;
        }
    }

    private static IAlarmGrain Alarm(IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<IAlarmGrain>(key);
}
