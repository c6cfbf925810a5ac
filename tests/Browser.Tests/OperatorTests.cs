using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class OperatorTests(World world)
{
    private const int Phone = 390;

    [Fact]
    public async Task Only_operators_get_in()
    {
        await world.Reset(250);
        var page = await world.SignedIn(path: "/operator");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Only operators may do this.");
        await Assertions.Expect(page.Link("Operator")).ToHaveCountAsync(0);
        await page.IsAccessible();
        await page.GotoAsync("/operator/accounts/demo");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Only operators may do this.");
        await Assertions.Expect(page.GetByTestId("account-available")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_payment_that_is_not_what_was_asked_for_waits_for_an_operator_who_closes_its_review()
    {
        await world.Reset(0, World.AskingCard);
        var owner = await world.SignedIn(path: "/credits/buy");
        await owner.Loaded("Buy credit");
        await owner.Button("Buy credits").ClickAsync();
        await Assertions.Expect(owner.Heading("Your bank asks")).ToBeVisibleAsync();
        await world.ChangePayment(owner.Url.Split('/')[^1], 1_234);
        await owner.Button("Approve").ClickAsync();
        await Assertions.Expect(owner.GetByText("We are checking this payment.").First).ToBeVisibleAsync();
        Assert.Equal(0, await world.Available());

        var page = await world.SignedIn("Otto Operator", "/operator/accounts/demo");
        await page.Loaded("Account demo");
        await page.Locator("table a").First.ClickAsync();
        await page.Says("state", "needs review");
        await page.Button("Close the review").ClickAsync();
        await Assertions.Expect(page.Locator("#review-reason-error")).ToHaveTextAsync("Say what was found and done.");
        await Assertions.Expect(page.Locator("#review-reason")).ToBeFocusedAsync();
        await page.GetByLabel("What was found and done").FillAsync("another amount was charged; refunded at Stripe");
        await page.IsAccessible();
        await page.Shot("46-operator-review");
        await page.Button("Close the review").ClickAsync();
        await page.Says("said", "The review is closed.");
        await page.Mentions("review", "another amount was charged; refunded at Stripe");
        await Assertions.Expect(page.Button("Close the review")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_purchase_is_refunded_after_a_reason_and_a_question_and_its_owner_sees_it()
    {
        await world.Reset(0);
        var bought = await world.Buy(1_000);
        var page = await world.SignedIn("Otto Operator", "/operator");
        await page.Loaded("Operator");
        await page.Button("Open account").ClickAsync();
        await Assertions.Expect(page.Locator("#account-error")).ToHaveTextAsync("Enter an account id.");
        await Assertions.Expect(page.Locator("#account")).ToBeFocusedAsync();
        await page.GetByLabel("Account id").FillAsync("demo");
        await page.Keyboard.PressAsync("Enter");
        await page.Loaded("Account demo");
        await page.Says("account-available", "1,000 credits");
        await page.Locator("table a").First.ClickAsync();
        await page.Says("state", "credited");
        await page.Mentions("intent", "pi_");
        await Assertions.Expect(page.GetByText(bought.GetProperty("id").GetString()!)).ToBeVisibleAsync();

        await page.GetByLabel("Amount in A$").FillAsync("1000");
        await page.Button("Refund…").ClickAsync();
        await Assertions.Expect(page.Locator("#refund-amount-error")).ToContainTextAsync("is left of what was paid.");
        await Assertions.Expect(page.Locator("#refund-amount")).ToBeFocusedAsync();
        await page.GetByLabel("Amount in A$").FillAsync("48.95");
        await page.GetByLabel("Reason").FillAsync("half of it was not wanted");
        await page.Button("Refund…").ClickAsync();
        var question = page.GetByRole(AriaRole.Group, new() { Name = "Refund A$48.95?" });
        await Assertions.Expect(question).ToBeFocusedAsync();
        await Assertions.Expect(question).ToContainTextAsync("about 500 credits");
        await page.IsAccessible();
        await page.Shot("40-operator-refund");
        await page.Button("Refund A$48.95").ClickAsync();
        await page.Says("said", "Refund of A$48.95: done. 500 credits taken back.");
        await Assertions.Expect(page.GetByTestId("said")).ToBeFocusedAsync();
        await page.Mentions("went-back", "A$48.95 refunded, 500 credits taken back");
        await page.Says("account-available", "500 credits");
        await page.Button("Check again").ClickAsync();
        await page.Says("said", "Checked: everything that Stripe says is known here.");
        await page.Shot("41-operator-account");
        await page.SetViewportSizeAsync(Phone, 800);
        await page.FitsItsWindow();
        await page.Shot("42-phone-operator-account");
        Assert.Equal(500, await world.Available());

        var owner = await world.SignedIn(path: "/purchases", width: Phone);
        await owner.Loaded("Purchases");
        await Assertions.Expect(owner.GetByTestId("purchase").First).ToContainTextAsync("Partly refunded");
        await Assertions.Expect(owner.GetByTestId("purchase").First).ToContainTextAsync("A$48.95 refunded to the card. 500 credits were taken back.");
    }

    [Fact]
    public async Task A_dispute_pauses_auto_top_up_until_an_operator_lets_it_go_on()
    {
        await world.Reset(250);
        var purchase = (await world.Buy(1_000)).GetProperty("id").GetString()!;
        await world.SetAutoTopUp(enabled: true, threshold: 100, credits: 1_000);
        var page = await world.SignedIn(path: "/credits/auto-top-up");
        await page.Loaded("Setup auto top-up");
        await world.Stripe("/disputes", new { paymentIntent = await world.Payment(purchase), reason = "fraudulent", status = "needs_response" });
        await page.ShowsCredits("250");
        await page.Mentions("cure", "We switch auto top-up on again once it is settled");
        await page.Says("support", "Questions? Write to help@connect.example");
        await Assertions.Expect(page.Button("Try again")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByText("fraud")).ToHaveCountAsync(0);
        await page.IsAccessible();

        page = await world.SignedIn("Otto Operator", $"/operator/accounts/demo?purchase={purchase}");
        await page.Loaded("Account demo");
        await page.Mentions("opened", "needs response, holds the credits");
        await page.Mentions("went-back", "1,000 credits taken back");
        await page.Mentions("opened", "Stripe refunds it no more");
        await page.Button("Resume auto top-up").ClickAsync();
        await Assertions.Expect(page.Locator("#resume-reason")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#resume-reason-error")).ToHaveTextAsync("Say why it may go on.");
        await page.GetByLabel("Why auto top-up may go on").FillAsync("settled with the owner");
        await page.Button("Resume auto top-up").ClickAsync();
        await page.Says("said", "Auto top-up goes on.");
        await page.Mentions("top-up", "On.");
        await page.Shot("45-operator-dispute");
    }

    [Fact]
    public async Task A_purchase_whose_every_prompt_was_lost_is_healed_by_a_reconciliation()
    {
        await world.Reset(250);
        await world.Stripe("/webhooks/mischief", new { drop = true });
        await world.Stripe("/faults", new
        {
            rules = new object[]
            {
                new { pathContains = "/confirm", kind = "500", when = "after", count = 1 },
                new { method = "GET", pathContains = "/v1/payment_intents/", kind = "429", count = 100_000 },
            },
        });
        var page = await world.SignedIn("Otto Operator", "/operator");
        try
        {
            var bought = await world.Buy(1_000);
            Assert.Equal("processing", bought.GetProperty("status").GetString());
            await world.Advance(TimeSpan.FromMinutes(7));
            Assert.Equal(250, await world.Available());
            await world.StripeAnswers();
            Assert.Equal(250, await world.Available());

            await page.Loaded("Operator");
            await page.Button("Run now").ClickAsync();
            await page.Mentions("result", "1 healed, 0 findings.");
            Assert.Equal(1_250, await world.Available());
            var report = page.GetByTestId("report").First;
            await Assertions.Expect(report).ToContainTextAsync("1 purchase was wrong and is right now:");
            await page.IsAccessible();
            await page.Shot("43-reconciliation");
            await page.SetViewportSizeAsync(Phone, 800);
            await page.FitsItsWindow();
            await page.Shot("44-phone-operator");
            await report.GetByRole(AriaRole.Link, new() { Name = $"demo/{bought.GetProperty("id").GetString()}" }).ClickAsync();
            await page.Says("state", "credited");
        }
        finally
        {
            await world.StripeBehaves();
        }
    }
}
