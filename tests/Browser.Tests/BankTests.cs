using Microsoft.Playwright;

namespace Connect.Browser.Tests;

[Collection(Browsing.Name)]
public sealed class BankTests(World world)
{
    [Fact]
    public async Task A_yes_at_the_bank_comes_back_to_the_credits()
    {
        var page = await AtTheBank();
        await page.Button("Approve").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeFocusedAsync();
        await page.ShowsCredits("1,250");
        Assert.Equal(1_250, await world.Available());
        await page.IsAccessible();

        await page.ReloadAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        await page.Link("Buy credit").ClickAsync();
        await page.Loaded("Buy credit");
        Assert.Equal(1_250, await world.Available());
    }

    [Fact]
    public async Task A_no_at_the_bank_says_that_nothing_was_charged_and_what_to_do()
    {
        var page = await AtTheBank();
        await page.Button("Refuse").ClickAsync();
        var alert = page.GetByRole(AriaRole.Alert);
        await Assertions.Expect(alert).ToBeFocusedAsync();
        await Assertions.Expect(alert).ToContainTextAsync("The bank could not confirm that the card ending 3184 is yours. Nothing was charged.");
        await Assertions.Expect(page.Button("Use another card")).ToBeVisibleAsync();
        await page.IsAccessible();
        await page.Shot("30-bank-refused");

        await page.Button("Buy credits").ClickAsync();
        await page.Button("Approve").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        Assert.Equal(1_250, await world.Available());
    }

    [Fact]
    public async Task The_way_back_to_the_campaign_outlives_the_bank_and_its_no()
    {
        var page = await AtTheBank("/credits/buy?return=%2Fcampaigns");
        await page.Button("Refuse").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await page.Button("Buy credits").ClickAsync();
        await page.Button("Approve").ClickAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        await page.Link("Back to your campaign").ClickAsync();
        await page.IsAt("/campaigns$");
    }

    [Fact]
    public async Task Who_walks_away_from_the_bank_finds_the_purchase_and_goes_on()
    {
        var page = await AtTheBank();
        await page.GoBackAsync();
        await page.IsAt("/credits/buy\\?purchase=");
        var buying = page.Url;
        await page.GotoAsync("/purchases");
        await page.Loaded("Purchases");
        var first = page.GetByTestId("purchase").First;
        await Assertions.Expect(first).ToContainTextAsync("Waiting for your bank");
        await Assertions.Expect(first).ToContainTextAsync("Nothing was charged yet.");
        await page.IsAccessible();
        await page.Shot("31-purchase-waiting");
        await page.Link("Continue at your bank").First.ClickAsync();
        await Assertions.Expect(page.Heading("Your bank asks")).ToBeVisibleAsync();

        // Back to the page that had sent there: it waits, and goes on by itself when the answer is given elsewhere.
        var bank = page.Url;
        await page.GotoAsync(buying);
        await Assertions.Expect(page.Heading("Your bank wants you to approve")).ToBeVisibleAsync();
        await page.IsAccessible();
        await page.Shot("32-bank-waits");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(bank);
        await other.Button("Approve").ClickAsync();
        await Assertions.Expect(other.Heading("1,000 credits added")).ToBeVisibleAsync();
        await Assertions.Expect(page.Heading("1,000 credits added")).ToBeVisibleAsync();
        Assert.Equal(1_250, await world.Available());
    }

    [Fact]
    public async Task A_payment_that_ends_without_an_answer_charges_nothing_and_the_list_says_so_by_itself()
    {
        var page = await AtTheBank();
        var intent = page.Url.Split('/')[^1];
        await page.GotoAsync("/purchases");
        await page.Loaded("Purchases");
        var first = page.GetByTestId("purchase").First;
        await Assertions.Expect(first).ToContainTextAsync("Waiting for your bank");
        await world.CancelPayment(intent);
        await Assertions.Expect(first).ToContainTextAsync("Not completed");
        await Assertions.Expect(first).ToContainTextAsync("Nothing was charged.");
        Assert.Equal(250, await world.Available());
    }

    private async Task<IPage> AtTheBank(string path = "/credits/buy")
    {
        await world.Reset(250, World.AskingCard);
        var page = await world.SignedIn(path: path);
        await page.Loaded("Buy credit");
        await page.Button("Buy credits").ClickAsync();
        await Assertions.Expect(page.Heading("Your bank asks")).ToBeVisibleAsync();
        return page;
    }
}
