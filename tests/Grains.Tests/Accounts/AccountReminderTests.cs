using Connect.Accounts;

namespace Connect.Grains.Tests.Accounts;

/// <summary>The reminder's work, with the clock moved; that real reminders tick is shown on real storage.</summary>
public sealed class AccountReminderTests(AccountCluster cluster) : IClassFixture<AccountCluster>
{
    [Fact]
    public async Task The_reminder_is_at_the_next_expiry_and_moves_on_until_nothing_is_left()
    {
        var now = cluster.Time.GetUtcNow();
        var account = await cluster.AccountWith("reminded", 0);
        Assert.Null((await account.Inspect()).ReminderDueAt);
        await account.Grant(new Grant { OperationId = "late", Credits = 10, Source = GrantSource.Promotional, ExpiresAt = now.AddDays(2) });
        await account.Grant(new Grant { OperationId = "soon", Credits = 5, Source = GrantSource.Promotional, ExpiresAt = now.AddDays(1) });
        Assert.Equal(now.AddDays(1), (await account.Inspect()).ReminderDueAt);

        await cluster.Tick("reminded");
        Assert.Equal((15L, now.AddDays(1)), ((await account.GetCredits()).Available, (await account.Inspect()).ReminderDueAt!.Value));

        cluster.Time.Advance(TimeSpan.FromDays(1));
        await cluster.Tick("reminded");
        await cluster.Tick("reminded");
        Assert.Equal(now.AddDays(2), (await account.Inspect()).ReminderDueAt);
        Assert.Single(cluster.Store.Of("reminded"), entry => entry.Kind == EntryKind.Expire);

        cluster.Time.Advance(TimeSpan.FromDays(1));
        await cluster.Tick("reminded");
        Assert.Null((await account.Inspect()).ReminderDueAt);
        Assert.Equal(new CreditTotals { Granted = 15, Expired = 15 }, (await account.GetCredits()).Totals);
    }

    [Fact]
    public async Task Without_any_tick_an_expired_batch_is_neither_shown_nor_spendable()
    {
        var account = await cluster.AccountWith("unreminded", 0);
        await account.Grant(new Grant { OperationId = "g", Credits = 10, Source = GrantSource.Promotional, ExpiresAt = cluster.Time.GetUtcNow().AddHours(1) });
        cluster.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(PostOutcome.InsufficientCredits, (await account.Debit(new Debit { OperationId = "d", Credits = 1 })).Outcome);
        Assert.Equal(0, (await account.GetCredits()).Available);
    }
}
