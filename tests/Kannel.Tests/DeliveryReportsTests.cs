using Connect.Api.Webhooks;
using Connect.Messaging;

namespace Connect.Kannel.Tests;

/// <summary>Reports that come at the same time are stored together, and each is answered by what became of it.</summary>
public sealed class DeliveryReportsTests
{
    [Fact]
    public async Task What_comes_while_the_last_is_stored_is_stored_together_and_at_most_500_at_once()
    {
        var calls = new List<int>();
        var gate = new SemaphoreSlim(0);
        using var reports = new DeliveryReports(async together =>
        {
            calls.Add(together.Length);
            await gate.WaitAsync();
        });
        var first = reports.Add(Report(0));
        await reports.StartAsync(CancellationToken.None);
        SpinWait.SpinUntil(() => calls.Count == 1);
        var later = Enumerable.Range(1, 700).Select(row => reports.Add(Report(row))).ToArray();
        Assert.False(first.IsCompleted);
        gate.Release();
        await first;
        Assert.DoesNotContain(later, report => report.IsCompleted);
        gate.Release(2);
        await Task.WhenAll(later);
        Assert.Equal([1, 500, 200], calls);
        await reports.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_could_not_be_stored_fails_and_the_next_is_tried()
    {
        var fail = true;
        using var reports = new DeliveryReports(_ => fail ? Task.FromException(new InvalidOperationException("storage")) : Task.CompletedTask);
        await reports.StartAsync(CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => reports.Add(Report(1)));
        fail = false;
        await reports.Add(Report(1));
        await reports.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task More_than_may_wait_are_turned_away()
    {
        using var reports = new DeliveryReports(_ => Task.CompletedTask);
        var waiting = Enumerable.Range(0, DeliveryReports.MaxWaiting).Select(row => reports.Add(Report(row))).ToArray();
        await Assert.ThrowsAsync<InvalidOperationException>(() => reports.Add(Report(1)));
        Assert.DoesNotContain(waiting, report => report.IsCompleted);
        await reports.StartAsync(CancellationToken.None);
        await Task.WhenAll(waiting);
        await reports.Add(Report(1));
        await reports.StopAsync(CancellationToken.None);
    }

    private static DeliveryReport Report(int row) =>
        new() { AccountId = "a", Kind = MessageKind.Campaign, CampaignId = "c", MessageId = $"c:{row}", State = DeliveryState.Delivered };
}
