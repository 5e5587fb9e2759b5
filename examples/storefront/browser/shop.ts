import { startDrawer } from './drawer.ts';
import { hideEmptyShelves } from './hide-empty-shelves.ts';
import { showCurrentDepartment } from './show-current-department.ts';

hideEmptyShelves();
startDrawer();
showCurrentDepartment();
