using Microsoft.Playwright;

namespace Connect.Browser.Tests;

/// <summary>What a slow line, or somebody else at the same moment, does to a page.</summary>
[Collection(Browsing.Name)]
public sealed class SlowLineTests(World world)
{
    [Fact]
    public async Task A_press_counts_although_the_button_moves_before_it_is_let_go()
    {
        var page = await OptOuts();
        await page.Mouse.MoveAsync(await Across(page.Button("Add")), await Down(page.Button("Add")));
        await page.Mouse.DownAsync();
        await page.Locator("#add").EvaluateAsync("field => { field.closest('.field').style.marginBottom = '120px'; }");
        await page.Mouse.UpAsync();
        await Assertions.Expect(page.Locator("#add-error")).ToHaveTextAsync("Enter at least one number.");
    }

    [Fact]
    public async Task A_press_that_is_drawn_off_its_button_is_none()
    {
        var page = await OptOuts();
        await page.Mouse.MoveAsync(await Across(page.Button("Add")), await Down(page.Button("Add")));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(await Across(page.Button("Add")), await Down(page.Button("Add")) + 90, new() { Steps = 3 });
        await page.Mouse.UpAsync();
        await page.Locator("#search").FillAsync("no number");
        await page.Button("Find").ClickAsync();
        await Assertions.Expect(page.Locator("#search-error")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#add-error")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_is_gone_before_the_focus_gets_there_ends_no_page()
    {
        var page = await world.SignedIn(anew: true);
        // As when the next answer is quicker than the browser's word that it has shown this one.
        await page.AddInitScriptAsync("""
            new MutationObserver(() => document.querySelectorAll('[role="alert"]').forEach(alert =>
              alert.getAttributeNames().filter(name => name.startsWith('_bl_')).forEach(name => alert.removeAttribute(name)))).observe(document, { childList: true, subtree: true });
            """);
        await page.GotoAsync("/campaigns/nothing-here");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no campaign here.");
        await page.Link("Go to campaigns").ClickAsync();
        await page.Loaded("Campaigns");
    }

    [Fact]
    public async Task A_page_that_went_wrong_can_be_loaded_again_and_left()
    {
        var page = await world.SignedIn();
        await Break();
        await page.Link("Reload the page").ClickAsync();
        await page.Loaded("New campaign");
        await Break();
        await page.Link("Opt-outs").ClickAsync();
        await page.Loaded("Opt-outs");

        async Task Break()
        {
            await page.GotoAsync("/campaigns");
            await page.Loaded("Campaigns");
            await page.EvaluateAsync("() => { Blazor._internal.InputFile.init = () => { throw new Error('broken by a test'); }; }");
            await page.Link("New campaign").ClickAsync();
            await Assertions.Expect(page.Heading("Something went wrong on this page")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_page_that_the_server_has_given_up_says_so()
    {
        var page = await world.SignedIn(anew: true);
        await page.AddInitScriptAsync("addEventListener('DOMContentLoaded', () => { if (window.Blazor) Blazor._internal.domWrapper.focusBySelector = () => { throw new Error('broken by a test'); }; })");
        await page.GotoAsync("/campaigns");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Something went wrong on this page. Nothing happens twice if you try again.");
        await Assertions.Expect(page.Link("Reload the page")).ToBeVisibleAsync();
        await page.IsAccessible();
    }

    [Fact]
    public async Task Only_a_price_that_the_browser_showed_is_charged()
    {
        await world.Reset(250);
        var page = await world.SignedIn(anew: true);
        var line = await HeldLine.Of(page);
        await page.GotoAsync("/credits/buy");
        await page.Loaded("Buy credit");
        await Assertions.Expect(page.GetByTestId("order")).ToContainTextAsync("1,000 credits at");
        line.Hold();
        await page.Locator("#quantity").FillAsync("5,000");
        await page.Button("Buy credits").ClickAsync();
        line.LetGo();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The price you were shown no longer holds, so nothing was charged.");
        await Assertions.Expect(page.GetByTestId("order")).ToContainTextAsync("5,000 credits at");
        await page.Button("Buy credits").ClickAsync();
        await Assertions.Expect(page.Heading("5,000 credits added")).ToBeVisibleAsync();
        Assert.Equal(5_250, await world.Available());
    }

    [Fact]
    public async Task What_somebody_else_saves_is_shown_and_never_overwritten_unseen()
    {
        await world.Reset(250);
        await world.SetAutoTopUp(enabled: true, threshold: 100, credits: 1_000);
        var page = await world.SignedIn(path: "/credits/auto-top-up");
        await page.Loaded("Setup auto top-up");
        await world.SetAutoTopUp(enabled: true, threshold: 150, credits: 1_000);
        await Assertions.Expect(page.Locator("#threshold")).ToHaveValueAsync("150");
        await page.Says("state", "The balance of 250 is not below the threshold of 150.");

        var cost = await page.GetByTestId("cost").TextContentAsync();
        await page.Locator("#top-up-credits").FillAsync("2,000");
        await Assertions.Expect(page.GetByTestId("cost")).Not.ToHaveTextAsync(cost!);
        await world.SetAutoTopUp(enabled: true, threshold: 175, credits: 1_000);
        await page.Says("state", "The balance of 250 is not below the threshold of 175.");
        await page.Button("Save").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody else changed these settings while you were looking.");
        await Assertions.Expect(page.Locator("#threshold")).ToHaveValueAsync("175");
        var topUp = (await world.Credits()).GetProperty("autoTopUp");
        Assert.Equal((175L, 1_000L), (topUp.GetProperty("threshold").GetInt64(), topUp.GetProperty("credits").GetInt64()));
    }

    // Without anything above the page that would come a moment after it.
    private async Task<IPage> OptOuts()
    {
        await world.Reset(250);
        await world.DismissAlerts();
        var page = await world.SignedIn(path: "/opt-outs");
        await page.Loaded("Opt-outs");
        await page.ShowsCredits("250");
        return page;
    }

    private static async Task<float> Across(ILocator button) => await button.BoundingBoxAsync() is { } box ? box.X + box.Width / 2 : 0;

    private static async Task<float> Down(ILocator button) => await button.BoundingBoxAsync() is { } box ? box.Y + box.Height / 2 : 0;
}
