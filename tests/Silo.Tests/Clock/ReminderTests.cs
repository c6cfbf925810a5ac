using System.Diagnostics;
using Connect.Silo.Storage;
using Connect.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Connect.Silo.Tests.Clock;

/// <summary>Orleans' own reminder service, in real time, over this project's tables and statements.</summary>
public sealed class ReminderTests
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task A_reminder_ticks_and_one_that_was_set_before_a_restart_ticks_after_it(Store store)
    {
        using var data = new TestData(store);
        var grain = $"alarm-{store}";
        using (var first = await data.StartSilo())
        {
            await Alarm(first, grain).Set("soon", TimeSpan.FromSeconds(1));
            await Alarm(first, grain).Set("later", TimeSpan.FromSeconds(6));
            var soon = await Rung(grain, "soon");
            Assert.True(soon.At.UtcDateTime >= soon.Start, $"{soon}");
            await first.StopAsync();
        }

        Assert.DoesNotContain(AlarmGrain.Rings, ring => ring.Grain == grain && ring.Name == "later");
        using var second = await data.StartSilo();
        var later = await Rung(grain, "later");
        Assert.True(later.At.UtcDateTime >= later.Start, $"{later}");
        await second.StopAsync();
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task The_service_reads_only_reminders_that_are_due_soon(Store store)
    {
        using var data = new TestData(store);
        using var host = await data.StartSilo();
        await Alarm(host, "near").Set("near", TimeSpan.FromMinutes(29));
        await Alarm(host, "far").Set("far", TimeSpan.FromDays(90));
        await Alarm(host, "far").Set("just-outside", TimeSpan.FromMinutes(31));
        var table = host.Services.GetRequiredService<IReminderTable>();

        // A whole ring (begin = end) takes the one statement, its two halves take both.
        foreach (var (begin, end) in new[] { (0u, 0u), (5u, 5u) })
            Assert.Equal(["near"], (await table.ReadRows(begin, end)).Reminders.Select(reminder => reminder.ReminderName));
        var halves = (await table.ReadRows(0, int.MaxValue)).Reminders.Concat((await table.ReadRows(int.MaxValue, 0)).Reminders);
        Assert.Equal(["near"], halves.Select(reminder => reminder.ReminderName));

        // It is not lost: its own grain still finds it.
        Assert.Equal(2, (await table.ReadRows(Alarm(host, "far").GetGrainId())).Reminders.Count);
        await host.StopAsync();
    }

    [Theory]
    [InlineData(Store.Sqlite, "orleans_reminders_start_time")]
    [InlineData(Store.PostgreSql, "orleans_reminders_start_time")]
    public async Task The_range_query_reads_by_the_index_on_the_start_time(Store store, string index)
    {
        using var data = new TestData(store);
        using var host = await data.StartSilo();
        var database = host.Services.GetRequiredService<CreditsDatabase>();
        await Execute(database, store == Store.Sqlite
            ? "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO orleans_reminders SELECT 'connect-credits', 'g/' || i, 'expiry', strftime('%Y-%m-%d %H:%M:%f', 'now', '60 days'), 3600000, i, 0 FROM n"
            : "INSERT INTO orleans_reminders SELECT 'connect-credits', 'g/' || i, 'expiry', now() + interval '60 days', 3600000, i, 0 FROM generate_series(1, 20000) AS i");
        await Execute(database, "ANALYZE orleans_reminders");
        await using var read = database.DataSource.CreateCommand("SELECT QueryText FROM OrleansQuery WHERE QueryKey = 'ReadRangeRows1Key'");
        var query = ((string)(await read.ExecuteScalarAsync())!).Replace("@ServiceId", "'connect-credits'", StringComparison.Ordinal)
            .Replace("@BeginHash", "-2147483648", StringComparison.Ordinal).Replace("@EndHash", "2147483647", StringComparison.Ordinal);
        await using var explain = database.DataSource.CreateCommand((store == Store.Sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + query);
        await using var plan = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await plan.ReadAsync())
            lines.Add(plan.GetString(plan.FieldCount - 1));
        Assert.Contains(lines, line => line.Contains(index, StringComparison.Ordinal));
        await plan.DisposeAsync();
        await host.StopAsync();
    }

    private static async Task Execute(CreditsDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static IAlarmGrain Alarm(IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<IAlarmGrain>(key);

    private static async Task<Ring> Rung(string grain, string name)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(40))
        {
            if (AlarmGrain.Rings.FirstOrDefault(ring => ring.Grain == grain && ring.Name == name) is { } rung)
                return rung;
            await Task.Delay(50);
        }

        throw new TimeoutException($"{name} of {grain} was not called.");
    }
}
