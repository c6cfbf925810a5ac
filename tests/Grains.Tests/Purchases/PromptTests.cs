using Connect.Accounts;
using Connect.Purchases;
using Connect.Sandbox.Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Prompts, end to end: at any time, many at once, and after the end.</summary>
public sealed class PromptTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    [Fact]
    public async Task A_prompt_reads_at_once_what_the_next_look_would_have_found_later()
    {
        var (purchase, waiting) = await AtTheBank("prompted");
        await cluster.PassBankPage(waiting.NextActionUrl!);

        Assert.True(await purchase.Prompt());

        Assert.Equal(PurchaseStatus.Succeeded, (await purchase.Get())!.Status);
        Assert.Equal(1_000, (await cluster.Account("prompted").GetCredits()).Available);
        Assert.Single(await cluster.Charged("prompted/q"));
    }

    [Fact]
    public async Task A_prompt_that_finds_nothing_new_changes_nothing()
    {
        var (purchase, waiting) = await AtTheBank("still-waiting");
        Assert.True(await purchase.Prompt());
        Assert.Equal(waiting, await purchase.Get());
        Assert.Equal(1, await cluster.Reminders(purchase));
    }

    [Fact]
    public async Task A_prompt_while_Stripe_is_down_says_so_and_the_next_one_reads()
    {
        var (purchase, waiting) = await AtTheBank("prompt-down");
        await cluster.PassBankPage(waiting.NextActionUrl!);
        cluster.Faults.Down = true;
        Assert.False(await cluster.Drive(purchase.Prompt(), purchase));
        cluster.Faults.Down = false;

        // The clock stands still: a prompt waits for five seconds of it, which a moved clock may take away between two steps.
        Assert.True(await purchase.Prompt());
        Assert.Equal(PurchaseStatus.Succeeded, (await purchase.Get())!.Status);
    }

    [Fact]
    public async Task Many_prompts_at_once_before_during_and_after_the_work_charge_once()
    {
        await cluster.OpenAccount("crowd");
        var purchase = cluster.Purchase("crowd/q");
        await purchase.Quote(1_000);
        var confirming = purchase.Confirm(new() { Actor = "anna" });
        var prompts = new List<Task<bool>>();
        while (!confirming.IsCompleted)
        {
            prompts.Add(purchase.Prompt());
            await Task.Yield();
            if (prompts.Count % 50 == 0) await purchase.Get();
        }

        await Task.WhenAll(prompts.Append(purchase.Prompt()).Append(purchase.Prompt()));

        Assert.Equal(PurchaseStatus.Succeeded, (await confirming).Purchase!.Status);
        Assert.Single(await cluster.Charged("crowd/q"));
        Assert.Equal(1_000, (await cluster.Account("crowd").GetCredits()).Totals.Granted);
        await cluster.Until(async () => await cluster.Reminders(purchase) == 0);
    }

    [Fact]
    public async Task A_prompt_during_a_reading_is_answered_by_a_reading_that_began_after_it()
    {
        var (purchase, waiting) = await AtTheBank("overlap");
        cluster.Faults.Add([new() { Method = "GET", PathContains = waiting.PaymentIntentId!, Kind = StripeFaultKind.Slow, When = StripeFaultTime.After, DelayMs = 300 }]);
        var first = purchase.Prompt();
        await cluster.Until(async () => !cluster.Gateway.Idle && await purchase.Get() is not null);

        // The slow answer was made before the customer said yes.
        await cluster.PassBankPage(waiting.NextActionUrl!);
        var second = purchase.Prompt();

        Assert.True(await second);
        await first;
        Assert.Equal(PurchaseStatus.Succeeded, (await purchase.Get())!.Status);
    }

    [Fact]
    public async Task A_purchase_that_ended_uncharged_and_was_paid_after_all_is_taken_up_again()
    {
        var (purchase, waiting) = await AtTheBank("late-yes");
        var saved = "";
        cluster.Storage.Written = (state, json) => saved = state == "purchase" ? json : saved;
        await cluster.PassBankPage(waiting.NextActionUrl!);
        Assert.True(await purchase.Prompt());
        cluster.Storage.Written = null;
        await cluster.Until(async () => await cluster.Reminders(purchase) == 0);

        // As if it had been given up before the yes.
        await cluster.Deactivate();
        cluster.Storage.Restore("purchase", "late-yes/q", saved.Replace("\"Phase\":6", "\"Phase\":8", StringComparison.Ordinal));
        Assert.Equal("Canceled", (await purchase.Get())!.State);
        cluster.Ledger.FailNext(Accounts.MemoryLedgerStore.Fault.BeforeStoring);
        Assert.False(await purchase.Prompt());
        Assert.Equal(("Paid", 1), ((await purchase.Get())!.State, await cluster.Reminders(purchase)));
        await cluster.Until(async () => await purchase.Prompt());

        Assert.Equal("Credited", (await purchase.Get())!.State);
        Assert.Single(await cluster.Charged("late-yes/q"));
        Assert.Equal(1_000, (await cluster.Account("late-yes").GetCredits()).Totals.Granted);
        await cluster.Until(async () => await cluster.Reminders(purchase) == 0);
    }

    [Fact]
    public async Task Credits_that_the_account_could_not_take_are_granted_by_a_prompt_and_it_is_not_done_before()
    {
        var (purchase, waiting) = await AtTheBank("owed");
        await cluster.PassBankPage(waiting.NextActionUrl!);
        cluster.Ledger.FailNext(Accounts.MemoryLedgerStore.Fault.BeforeStoring);
        Assert.False(await purchase.Prompt());
        Assert.Equal("Paid", (await purchase.Get())!.State);

        await cluster.Until(async () => await purchase.Prompt());
        Assert.Equal("Credited", (await purchase.Get())!.State);
        Assert.Equal(1_000, (await cluster.Account("owed").GetCredits()).Totals.Granted);
    }

    [Fact]
    public async Task What_is_no_purchase_has_nothing_to_read()
    {
        await cluster.OpenAccount("nothing");
        var quote = cluster.Purchase("nothing/quote");
        await quote.Quote(1_000);
        Assert.True(await quote.Prompt());
        Assert.True(await cluster.Purchase("nothing/unknown").Prompt());
        Assert.Null(await quote.Get());
        Assert.False(cluster.Storage.Holds("purchase", "nothing/unknown"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_save_that_fails_after_a_prompt_loses_nothing(int save)
    {
        var account = $"prompt-save-{save}";
        var (purchase, waiting) = await AtTheBank(account);
        await cluster.PassBankPage(waiting.NextActionUrl!);
        var saves = 0;
        cluster.Storage.Written = (state, _) =>
        {
            if (state == "purchase" && Interlocked.Increment(ref saves) == save) cluster.Storage.FailAfterStoring["purchase"] = 1;
        };
        Assert.False(await purchase.Prompt());
        cluster.Storage.Written = null;

        await cluster.Until(async () => await Prompted(purchase));
        Assert.Equal(PurchaseStatus.Succeeded, (await purchase.Get())!.Status);
        Assert.Single(await cluster.Charged(account + "/q"));
        Assert.Equal(1_000, (await cluster.Account(account).GetCredits()).Totals.Granted);
    }

    private static async Task<bool> Prompted(IPurchaseGrain purchase)
    {
        try
        {
            return await purchase.Prompt();
        }
        catch (Exception error) when (error is AccountUnavailableException or Orleans.Runtime.OrleansMessageRejectionException)
        {
            // Between two activations.
            return false;
        }
    }

    private async Task<(IPurchaseGrain Purchase, PurchaseView Waiting)> AtTheBank(string account)
    {
        await cluster.OpenAccount(account, PurchaseCluster.AlwaysAuthenticates);
        var purchase = cluster.Purchase(account + "/q");
        await purchase.Quote(1_000);
        await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);
        return (purchase, await cluster.Until(purchase, view => view.Status == PurchaseStatus.RequiresAction));
    }
}
